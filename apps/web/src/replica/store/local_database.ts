import type { Task } from '../../client.ts'
import type { PendingWrite } from '../outbox/pending_write.ts'

/** What this browser keeps of a user: the tasks as of a place in the log, and the writes that wait. */
export interface LocalDatabase {
  readonly tasks: () => Promise<{ seq: number; tasks: Task[] } | null>
  /** Keeps tasks as of `seq`; ignored where a later place is kept already. `all` replaces what was kept. */
  readonly keep: (seq: number, put: readonly Task[], gone: readonly number[], all: boolean) => Promise<boolean>
  readonly writes: () => Promise<PendingWrite[]>
  readonly keepWrite: (write: PendingWrite) => Promise<void>
  readonly dropWrite: (key: string) => Promise<void>
  readonly forget: () => Promise<void>
}

/** Keeps it in IndexedDB, or for this page only where the browser gives us none. */
export async function openLocalDatabase(user_id: string): Promise<LocalDatabase> {
  try {
    return inDatabase(await opened(), user_id)
  } catch {
    return forThisPage
  }
}

const forThisPage: LocalDatabase = {
  tasks: () => Promise.resolve(null),
  keep: () => Promise.resolve(true),
  writes: () => Promise.resolve([]),
  keepWrite: () => Promise.resolve(),
  dropWrite: () => Promise.resolve(),
  forget: () => Promise.resolve(),
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open('taskwire', 1)
  request.addEventListener('upgradeneeded', () => {
    request.result.createObjectStore('task', { keyPath: ['user_id', 'id'] })
    request.result.createObjectStore('place', { keyPath: 'user_id' })
    request.result.createObjectStore('write', { keyPath: ['user_id', 'key'] })
  })
  return answer(request)
}

function answer<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB failed')))
  })
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('IndexedDB failed')))
  })
}

interface Place {
  readonly user_id: string
  readonly seq: number
}

function inDatabase(db: IDBDatabase, user_id: string): LocalDatabase {
  const ofUser = IDBKeyRange.bound([user_id], [user_id, []])

  return {
    async tasks() {
      const transaction = db.transaction(['task', 'place'])
      const place: IDBRequest<Place | undefined> = transaction.objectStore('place').get(user_id)
      const tasks: IDBRequest<Task[]> = transaction.objectStore('task').getAll(ofUser)
      const [found, rows] = await Promise.all([answer(place), answer(tasks)])
      return found === undefined ? null : { seq: found.seq, tasks: rows }
    },
    async keep(seq, put, gone, all) {
      const transaction = db.transaction(['task', 'place'], 'readwrite')
      const places = transaction.objectStore('place')
      const tasks = transaction.objectStore('task')
      const known: IDBRequest<Place | undefined> = places.get(user_id)
      const place = await answer(known)
      // Another tab was faster: what it kept includes what we would.
      if (!all && place !== undefined && place.seq > seq) return false
      if (all) tasks.delete(ofUser)
      for (const task of put) tasks.put(task)
      for (const id of gone) tasks.delete([user_id, id])
      places.put({ user_id, seq })
      await done(transaction)
      return true
    },
    async writes() {
      const rows: IDBRequest<PendingWrite[]> = db.transaction('write').objectStore('write').getAll(ofUser)
      return (await answer(rows)).toSorted((a, b) => a.at - b.at)
    },
    async keepWrite(write) {
      const transaction = db.transaction('write', 'readwrite')
      transaction.objectStore('write').put(write)
      await done(transaction)
    },
    async dropWrite(key) {
      const transaction = db.transaction('write', 'readwrite')
      transaction.objectStore('write').delete([user_id, key])
      await done(transaction)
    },
    async forget() {
      const transaction = db.transaction(['task', 'place', 'write'], 'readwrite')
      transaction.objectStore('task').delete(ofUser)
      transaction.objectStore('write').delete(ofUser)
      transaction.objectStore('place').delete(user_id)
      await done(transaction)
    },
  }
}
