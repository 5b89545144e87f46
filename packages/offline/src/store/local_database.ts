import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Task } from '@taskwire/client'
import { tableShape } from '../task_fields.ts'
import type { PendingWrite } from '../outbox/pending_write.ts'
import { upgradeWrite, type StoredWrite } from '../outbox/upgrade_write.ts'
import { createWriteJournal } from './write_journal.ts'

/** What this browser stores for a user: the tasks as of a position in the log, and the writes that wait. */
export interface LocalDatabase {
  /** Null if there are none, or if a build with another table of fields stored them. */
  readonly loadTasks: () => Promise<{ seq: number; tasks: Task[] } | null>
  /** Saves changed rows as of `seq`. Returns false without saving if later or incompatible rows are stored already. */
  readonly saveTasks: (state: { seq: number; put: readonly Task[]; removed: readonly number[] }) => Promise<boolean>
  readonly replaceTasks: (seq: number, tasks: readonly Task[]) => Promise<void>
  readonly loadWrites: () => Promise<PendingWrite[]>
  /** Nothing is lost once the call has returned, though the promise is pending: the page may be left then. */
  readonly saveWrite: (write: PendingWrite) => Promise<void>
  readonly deleteWrite: (key: string) => Promise<void>
  /** Deletes the tasks of all other users. Their unsent writes stay until they sign in again. */
  readonly forgetOthers: () => Promise<void>
  /** Deletes everything of the user. */
  readonly clear: () => Promise<void>
}

/** Stores in IndexedDB; where the browser offers none, nothing outlives the page. */
export async function openLocalDatabase(user_id: string): Promise<LocalDatabase> {
  try {
    return inIndexedDB(await openSchema(), user_id)
  } catch {
    return nothingStored
  }
}

/** Stores nothing. */
export const nothingStored: LocalDatabase = {
  loadTasks: () => Promise.resolve(null),
  saveTasks: () => Promise.resolve(true),
  replaceTasks: () => Promise.resolve(),
  loadWrites: () => Promise.resolve([]),
  saveWrite: () => Promise.resolve(),
  deleteWrite: () => Promise.resolve(),
  forgetOthers: () => Promise.resolve(),
  clear: () => Promise.resolve(),
}

interface Schema extends DBSchema {
  task: { key: [string, number]; value: Task }
  place: { key: string; value: Position }
  write: { key: [string, string]; value: StoredWrite }
}

/** How far the stored tasks follow the log, and the field table of the build that stored them; the first had none. */
interface Position {
  readonly user_id: string
  readonly seq: number
  readonly shape?: string
}

// The version and the names of the stores stay those of the first build. A tab of that build does not give way to an
// upgrade, which would wait until the tab is closed; the shape beside the position serves instead.
function openSchema(): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>('taskwire', 1, {
    upgrade(db) {
      db.createObjectStore('task', { keyPath: ['user_id', 'id'] })
      db.createObjectStore('place', { keyPath: 'user_id' })
      db.createObjectStore('write', { keyPath: ['user_id', 'key'] })
    },
  })
}

function inIndexedDB(db: IDBPDatabase<Schema>, user_id: string): LocalDatabase {
  const ofUser = IDBKeyRange.bound([user_id], [user_id, []])
  const tasksAndPosition = () => db.transaction(['task', 'place'], 'readwrite')
  const journal = createWriteJournal(user_id, localStorage)

  async function deleteWrite(key: string): Promise<void> {
    const onDeleted = journal.record(key, null)
    await db.delete('write', [user_id, key])
    onDeleted()
  }

  return {
    async loadTasks() {
      const transaction = db.transaction(['task', 'place'])
      const [position, tasks] = await Promise.all([
        transaction.objectStore('place').get(user_id),
        transaction.objectStore('task').getAll(ofUser),
      ])
      return position === undefined || position.shape !== tableShape ? null : { seq: position.seq, tasks }
    },
    async saveTasks({ seq, put, removed }) {
      const transaction = tasksAndPosition()
      const positions = transaction.objectStore('place')
      const tasks = transaction.objectStore('task')
      const position = await positions.get(user_id)
      // A later position was saved by a faster tab, and includes these rows. Rows of another shape must not be mixed
      // with ours: they are replaced as a whole.
      if (position !== undefined && (position.seq > seq || position.shape !== tableShape)) return false
      const requests = [
        ...put.map((task) => tasks.put(task)),
        ...removed.map((id) => tasks.delete([user_id, id])),
        positions.put({ user_id, seq, shape: tableShape }),
      ]
      await Promise.all([...requests, transaction.done])
      return true
    },
    async replaceTasks(seq, all) {
      const transaction = tasksAndPosition()
      const tasks = transaction.objectStore('task')
      await Promise.all([
        tasks.delete(ofUser),
        ...all.map((task) => tasks.put(task)),
        transaction.objectStore('place').put({ user_id, seq, shape: tableShape }),
        transaction.done,
      ])
    },
    async loadWrites() {
      // The journal first: what leaves it meanwhile is in the database by then.
      const unfinished = journal.entries()
      const stored = await db.getAll('write', ofUser)
      const writes = new Map(stored.map((write) => [write.key, write]))
      for (const [key, write] of unfinished) {
        if (write === null) void deleteWrite(key).catch(() => {})
        if (write === null) writes.delete(key)
        else writes.set(key, write)
      }
      return [...writes.values()].map(upgradeWrite).toSorted((a, b) => a.at - b.at)
    },
    async saveWrite(write) {
      const onSaved = journal.record(write.key, write)
      await db.put('write', write)
      onSaved()
    },
    deleteWrite,
    async forgetOthers() {
      const transaction = tasksAndPosition()
      const tasks = transaction.objectStore('task')
      const positions = transaction.objectStore('place')
      await Promise.all([
        tasks.delete(IDBKeyRange.upperBound([user_id], true)),
        tasks.delete(IDBKeyRange.lowerBound([user_id, []], true)),
        positions.delete(IDBKeyRange.upperBound(user_id, true)),
        positions.delete(IDBKeyRange.lowerBound(user_id, true)),
        transaction.done,
      ])
    },
    async clear() {
      journal.clear()
      const transaction = db.transaction(['task', 'place', 'write'], 'readwrite')
      await Promise.all([
        transaction.objectStore('task').delete(ofUser),
        transaction.objectStore('write').delete(ofUser),
        transaction.objectStore('place').delete(user_id),
        transaction.done,
      ])
    },
  }
}
