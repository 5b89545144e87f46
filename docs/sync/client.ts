// Keeps a copy of a user's tasks: read the seq, read the list, follow the changes. See README.md.
export interface SyncedTask {
  readonly id: number
  readonly version: number
}
interface Change {
  readonly task_id: number
  readonly before: SyncedTask | null
  readonly after: SyncedTask | null
}
/** What is stored between two runs. */
export interface Copy {
  seq: number | undefined
  tasks: Map<number, SyncedTask>
}

/** Brings a copy up to date. Where the connection fails it throws, and the copy is as far as it came: call it again. */
export async function synchronize(copy: Copy, { url, user, token }: { url: string; user: string; token: string }) {
  const get = (path: string) =>
    fetch(`${url}/api/${encodeURIComponent(user)}${path}`, { headers: { authorization: `Bearer ${token}` } })
  for (;;) {
    if (copy.seq === undefined) {
      // The seq first: what changes while the list is read comes again as a change.
      const { next } = await json<{ next: number }>(await get('/changes'))
      const list = await json<SyncedTask[]>(await get('/tasks'))
      copy.tasks = new Map(list.map((task) => [task.id, task]))
      copy.seq = next
    }
    const response = await get(`/changes?since=${copy.seq}&limit=200`)
    if (response.status === 410) {
      // The log does not go back that far: begin anew.
      copy.seq = undefined
      continue
    }
    const page = await json<{ changes: Change[]; next: number; has_more: boolean }>(response)
    for (const change of page.changes) apply(copy.tasks, change)
    copy.seq = page.next
    if (!page.has_more) return
  }
}

/** Versions decide, not clocks: a change that the copy has already is passed over. */
function apply(tasks: Map<number, SyncedTask>, { task_id, before, after }: Change) {
  const known = tasks.get(task_id)?.version ?? 0
  if (after !== null && after.version > known) tasks.set(task_id, after)
  if (after === null && (before?.version ?? 0) >= known) tasks.delete(task_id)
}

async function json<Body>(response: Response): Promise<Body> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as Body
}
