import type { StoredWrite } from '../outbox/upgrade_write.ts'

/**
 * What happens to the stored writes of a user, kept in localStorage until IndexedDB has it. A page that is left takes
 * its unfinished transactions with it, while localStorage has what it was given when the call returns.
 */
export interface WriteJournal {
  /** Records that a write is stored, or deleted if it is null. Call what it returns once the database has that too. */
  readonly record: (key: string, write: StoredWrite | null) => () => void
  /** What the database may lack, by the keys of the writes: a write, or null for one that was deleted. */
  readonly entries: () => ReadonlyMap<string, StoredWrite | null>
  readonly clear: () => void
}

const PREFIX = 'taskwire.write.'

export function createWriteJournal(user_id: string, storage: Storage): WriteJournal {
  // No user id contains a control character: it ends at the first.
  const prefix = `${PREFIX}${user_id}\n`
  const names = () =>
    Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '').filter((name) =>
      name.startsWith(prefix),
    )

  return {
    record(key, write) {
      const name = prefix + key
      const text = JSON.stringify(write)
      try {
        storage.setItem(name, text)
      } catch {
        // It is full, or not allowed: IndexedDB has to do. An older state must not replace what it gets now.
        storage.removeItem(name)
      }
      return () => {
        // A later state of the write is not the database's yet.
        if (storage.getItem(name) === text) storage.removeItem(name)
      }
    },
    entries() {
      return new Map(
        names().flatMap((name): [string, StoredWrite | null][] => {
          const text = storage.getItem(name)
          // Another tab may have removed it just now.
          return text === null ? [] : [[name.slice(prefix.length), JSON.parse(text) as StoredWrite | null]]
        }),
      )
    },
    clear() {
      for (const name of names()) storage.removeItem(name)
    },
  }
}
