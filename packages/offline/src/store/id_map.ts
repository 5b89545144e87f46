/** Maps the provisional ids of tasks that were created here to the ids that the server assigned. */
export interface IdMap {
  readonly assign: (provisional: number, id: number) => void
  /** The server's id of a task, if it has one already. */
  readonly resolve: (id: number) => number
  /** A key that stays the same when a new task gets its id. */
  readonly rowKey: (id: number) => number
}

export function createIdMap(): IdMap {
  const ids = new Map<number, number>()
  const keys = new Map<number, number>()
  return {
    assign(provisional, id) {
      ids.set(provisional, id)
      keys.set(id, provisional)
    },
    resolve: (id) => ids.get(id) ?? id,
    rowKey: (id) => keys.get(id) ?? id,
  }
}
