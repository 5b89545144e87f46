import { describe, expect, test } from 'vitest'
import { fitTask } from './fit_task.ts'

/** What becomes of a task that a file describes by these fields. */
function fitted(fields: Readonly<Record<string, unknown>>, lost: readonly string[] = []) {
  const found = fitTask({ row: 1, fields: { title: 'Milk', ...fields }, lost })
  if ('reason' in found) throw new Error(found.reason)
  return found
}

test('a row that is no task says why, and so does one without a title', () => {
  expect(fitTask({ row: 1, fields: { title: 'x' }, lost: [], problem: 'it is a note' })).toEqual({
    reason: 'it is a note',
  })
  for (const title of [undefined, null, 7, '', ' \n ', '\0']) {
    expect(fitTask({ row: 1, fields: { title }, lost: [] })).toEqual({ reason: 'it has no title' })
  }
})

describe('a title', () => {
  test.each(['x', '😀', 'ä'])(
    'of 200 characters %s is kept, and one more is cut and kept in the description',
    (letter) => {
      expect(fitted({ title: letter.repeat(200) })).toMatchObject({
        fields: { title: letter.repeat(200), description: null },
        lost: [],
      })
      expect(fitted({ title: letter.repeat(201), description: 'note' })).toEqual({
        fields: { title: `${letter.repeat(199)}…`, description: `${letter.repeat(201)}\n\nnote` },
        lost: ['title beyond 200 characters'],
      })
    },
  )

  test('that is too long is all of the description where there is none', () => {
    expect(fitted({ title: 'x'.repeat(201) }).fields.description).toBe('x'.repeat(201))
  })

  test('and a description lose what PostgreSQL does not store', () => {
    expect(fitted({ title: ' a\0b\uD83D ', description: '\uDE00\0 c' }).fields).toMatchObject({
      title: 'ab\uFFFD',
      description: '\uFFFD c',
    })
  })
})

test('a description of 1,000 characters is kept, one more is cut and named', () => {
  expect(fitted({ description: '😀'.repeat(1000) })).toMatchObject({
    fields: { description: '😀'.repeat(1000) },
    lost: [],
  })
  expect(fitted({ description: '😀'.repeat(1001) })).toMatchObject({
    fields: { description: '😀'.repeat(1000) },
    lost: ['description beyond 1000 characters'],
  })
  expect(fitted({ description: '' }).fields.description).toBe('')
  expect(fitted({}).fields.description).toBeNull()
})

test('a value that does not fit is left out and named, and an absent one is not', () => {
  expect(fitted({ priority: 'urgent', due_date: null, tags: undefined, completed: 'maybe', due_time: 'noon' })).toEqual(
    { fields: { title: 'Milk', description: null }, lost: ['completed', 'priority', 'due_time'] },
  )
})

test('dates that break a rule about each other are left out and named', () => {
  expect(fitted({ due_time: '10:00', start_date: '2026-12-02', due_date: '2026-12-01' })).toEqual({
    fields: { title: 'Milk', description: null, due_time: '10:00', due_date: '2026-12-01', start_date: undefined },
    lost: ['start_date'],
  })
})

describe('of a list', () => {
  test('the entries that fit together are kept, also behind one that does not', () => {
    expect(fitted({ tags: ['a', 'b,c', 7, 'd'] })).toMatchObject({ fields: { tags: ['a', 'd'] }, lost: ['tags'] })
    const reminders = ['P1D', 'soon', 'P2D']
    expect(fitted({ due_date: '2026-12-01', reminders })).toMatchObject({
      fields: { reminders: ['P1D', 'P2D'] },
      lost: ['reminders'],
    })
  })

  test('entries that fit alone but not beside those before are left out, and ten of those end the trial', () => {
    const item = (id: string) => ({ id, text: id })
    const clashes = (count: number) => Array.from({ length: count }, () => item('a'))
    const kept = (all: object[]) => fitted({ checklist: all }).fields.checklist?.map(({ id }) => id)
    expect(kept([item('a'), ...clashes(9), item('b')])).toEqual(['a', 'b'])
    expect(kept([item('a'), ...clashes(10), item('b')])).toEqual(['a'])
  })

  test('the first 200 entries are tried', () => {
    const bad = (count: number) => Array<string>(count).fill('#')
    expect(fitted({ tags: [...bad(199), 'last'] }).fields.tags).toEqual(['last'])
    expect(fitted({ tags: [...bad(200), 'late'] }).fields.tags).toEqual([])
    expect(fitted({ tags: Array<string>(201).fill('a') })).toMatchObject({ fields: { tags: ['a'] }, lost: ['tags'] })
    expect(fitted({ tags: Array<string>(200).fill('a') })).toMatchObject({ fields: { tags: ['a'] }, lost: [] })
  })
})

test('a name of what is lost can be stored', () => {
  expect(fitted({}, ['a\0b', '\uD83D']).lost).toEqual(['a\uFFFDb', '\uFFFD'])
})

test('what is lost is named once each, in 200 characters at most', () => {
  const lost = ['a', 'a', `${'😀'.repeat(200)}x`, `${'😀'.repeat(200)}y`, 'b']
  expect(fitted({}, lost).lost).toEqual(['a', '😀'.repeat(200), 'b'])
})
