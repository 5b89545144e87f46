import { expect, test } from 'vitest'
import type { StoredWrite } from '../outbox/upgrade_write.ts'
import { createWriteJournal } from './write_journal.ts'

function write(key: string, at: number): StoredWrite {
  return { key, at, user_id: 'ada', task_id: 1, tab: 'a', base: null, intent: { kind: 'complete' } }
}

/** What a browser keeps as text by name; `capacity` is the longest text that it takes. */
function memory(capacity = Number.POSITIVE_INFINITY): Storage {
  const texts = new Map<string, string>()
  return {
    get length() {
      return texts.size
    },
    clear: () => texts.clear(),
    key: (index) => [...texts.keys()][index] ?? null,
    getItem: (name) => texts.get(name) ?? null,
    setItem(name, text) {
      if (text.length > capacity) throw new DOMException('full', 'QuotaExceededError')
      texts.set(name, text)
    },
    removeItem: (name) => void texts.delete(name),
  }
}

test('an entry is there at once, and until the database has the same state', () => {
  const storage = memory()
  const journal = createWriteJournal('ada', storage)
  const onFirst = journal.record('one', write('one', 1))
  const onSecond = journal.record('one', write('one', 2))
  onFirst()
  expect([...createWriteJournal('ada', storage).entries()]).toEqual([['one', write('one', 2)]])
  const onDeleted = journal.record('one', null)
  onSecond()
  expect([...journal.entries()]).toEqual([['one', null]])
  onDeleted()
  expect(journal.entries().size).toBe(0)
})

test('each user has entries of their own, also where one id begins with another', () => {
  const storage = memory()
  const journal = createWriteJournal('ada', storage)
  const other = createWriteJournal('ada.two', storage)
  journal.record('one', write('one', 1))
  other.record('two', null)
  expect([...journal.entries().keys()]).toEqual(['one'])
  journal.clear()
  expect([...other.entries()]).toEqual([['two', null]])
  expect(journal.entries().size).toBe(0)
})

test('where it is full, an older state is not kept in place of the newer one', () => {
  const storage = memory(150)
  const journal = createWriteJournal('ada', storage)
  journal.record('one', write('one', 1))
  expect(journal.entries().size).toBe(1)
  journal.record('one', { ...write('one', 2), tab: 'a'.repeat(200) })()
  expect(journal.entries().size).toBe(0)
})
