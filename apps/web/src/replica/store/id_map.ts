/** The numbers of tasks that were made here: the one that they had until the server gave another. */
export interface IdMap {
  readonly given: (provisional: number, number: number) => void
  readonly current: (id: number) => number
  /** Stays the same while a new task gets its number. */
  readonly rowKey: (id: number) => number
}

export function createIdMap(): IdMap {
  const numbers = new Map<number, number>()
  const keys = new Map<number, number>()
  return {
    given(provisional, number) {
      numbers.set(provisional, number)
      keys.set(number, provisional)
    },
    current: (id) => numbers.get(id) ?? id,
    rowKey: (id) => keys.get(id) ?? id,
  }
}
