import type { LocalDatabase } from './local_database.ts'
import type { Rows } from './rows.ts'

/** Saves the rows in this browser: shortly after they changed, and when the page is left. */
export interface Persister {
  /** The rows now reflect the log up to `seq`. */
  readonly advance: (seq: number) => void
  /** A row changed ahead of the log: the answer to a write of this tab. */
  readonly schedule: () => void
  /** The rows are the server's whole list as of `seq`. */
  readonly replaceAll: (seq: number) => Promise<void>
  readonly stop: () => void
}

const DELAY_MS = 100

export function createPersister(rows: Rows, database: LocalDatabase): Persister {
  let seq: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isSaving = false
  let isStopped = false
  /** The stored list has to be replaced as a whole: rows that were added to an older one would count as all there are. */
  let isOutdated = false

  async function save(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (seq === undefined) return
    // One at a time: a save only contains what changed since the one before.
    if (isSaving) return schedule()
    isSaving = true
    if (isOutdated) await replace(seq)
    else await saveDirty(seq)
    isSaving = false
  }

  async function replace(reached: number): Promise<void> {
    rows.takeDirty()
    // Until it is known to be stored, so that a save meanwhile adds nothing to the older list.
    isOutdated = true
    isOutdated = await database.replaceTasks(reached, [...rows.tasks.values()]).then(
      () => false,
      () => true,
    )
  }

  async function saveDirty(reached: number): Promise<void> {
    const { put, removed } = rows.takeDirty()
    const isSaved = await database.saveTasks({ seq: reached, put, removed }).catch(() => false)
    // Another tab may have saved a later state of the log without the answers to our writes.
    if (!isSaved) rows.markDirty([...put.map(({ id }) => id), ...removed])
  }

  function schedule(): void {
    if (!isStopped) timer ??= setTimeout(() => void save(), DELAY_MS)
  }

  function saveNow(): void {
    if (timer !== undefined) void save()
  }
  addEventListener('pagehide', saveNow)

  return {
    advance(reached) {
      seq = reached
      schedule()
    },
    schedule,
    replaceAll(reached) {
      seq = reached
      return replace(reached)
    },
    stop() {
      // Unsaved rows are not written any more: the user may have signed out, and they are read from the server again.
      removeEventListener('pagehide', saveNow)
      clearTimeout(timer)
      isStopped = true
    },
  }
}
