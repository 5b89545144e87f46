import { expect, test } from 'vitest'
import { readTodoTxt } from './todotxt.ts'

const read = (text: string) => [...readTodoTxt(text)].filter((task) => task !== 'pause')
const one = (line: string) => read(line)[0]

test.each([
  ['(A) Milk', { completed: false, priority: 'high' }, {}],
  ['(B) 2026-03-01 Milk', { completed: false, priority: 'medium' }, { created_at: '2026-03-01' }],
  ['2026-03-01 (C) Milk', { completed: false, priority: 'low' }, { created_at: '2026-03-01' }],
  ['x 2026-03-02 2026-03-01 Milk', { completed: true }, { created_at: '2026-03-01', completed_at: '2026-03-02' }],
  ['x 2026-03-02 (A) 2026-03-01 Milk', { completed: true, priority: 'high' }, { created_at: '2026-03-01' }],
  ['x 2026-03-02 Milk', { completed: true }, { completed_at: '2026-03-02' }],
  ['x Milk pri:B', { completed: true, priority: 'medium' }, {}],
])('the line %j begins with what it says of the task', (line, fields, times) => {
  expect(one(line)).toMatchObject({ fields: { title: 'Milk', ...fields }, times, lost: [] })
})

test.each(['xMilk', 'X Milk', '(a) Milk', '(A)Milk', '2026-3-1 Milk'])('the line %j is all title', (line) => {
  expect(one(line)).toMatchObject({ fields: { title: line, completed: false, priority: undefined } })
})

test('other priorities are reported', () => {
  expect(one('(D) Milk')).toMatchObject({ fields: { priority: undefined }, lost: ['priority D'] })
  expect(one('x Milk pri:Z')).toMatchObject({ lost: ['priority Z'] })
})

test('each of our words is a field, decoded where it can be', () => {
  const words =
    'due:2026-12-01 time:17:00 zone:UTC t:2026-11-28 tag:two%20words remind:PT30M remind:P1D check:a%20b checked:c ' +
    'note:100%25%20%0A rrule:FREQ%3DDAILY next:each id:7 +p @c'
  expect(one(`Milk ${words}`)).toMatchObject({
    identity: '7',
    fields: {
      title: 'Milk',
      due_date: '2026-12-01',
      due_time: '17:00',
      due_zone: 'UTC',
      start_date: '2026-11-28',
      tags: ['two words', 'p', 'c'],
      reminders: ['PT30M', 'P1D'],
      checklist: [
        { text: 'a b', done: false },
        { text: 'c', done: true },
      ],
      description: '100% \n',
      recurrence: { rule: 'FREQ=DAILY', next: 'each' },
    },
    lost: [],
  })
  expect(one('next:each rrule:FREQ=DAILY x')?.fields['recurrence']).toEqual({ rule: 'FREQ=DAILY', next: 'each' })
  expect(one('note:100% x')?.fields['description']).toBe('100%')
  expect(one('note: x')?.fields['description']).toBe('')
  expect(one('title:a%20b c')?.fields['title']).toBe('a b')
})

test('words of other programs stay in the title', () => {
  for (const word of ['https://example.com', '10:30', 'constructor:x', 'Due:1', '+', '@']) {
    expect(one(`a ${word}`)?.fields).toMatchObject({ title: `a ${word}`, tags: [] })
  }
})

test.each([
  ['rec:1d', { rule: 'FREQ=DAILY;INTERVAL=1', next: 'completion' }],
  ['rec:+2w', { rule: 'FREQ=WEEKLY;INTERVAL=2', next: 'each' }],
  ['rec:+10m', { rule: 'FREQ=MONTHLY;INTERVAL=10', next: 'each' }],
  ['rec:1y', { rule: 'FREQ=YEARLY;INTERVAL=1', next: 'completion' }],
  ['rec:+1b', { rule: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', next: 'each' }],
  ['rec:2b', undefined],
  ['rec:1000d', undefined],
  ['rec:d', undefined],
])('%s is the rule %j', (word, rule) => {
  expect(one(`Milk ${word}`)).toMatchObject({ lost: rule === undefined ? ['rec'] : [] })
  expect(one(`Milk ${word}`)?.fields['recurrence']).toEqual(rule)
})

test('a line has 100,000 characters at most, blank ones are left out, and bytes are no text', () => {
  expect(one('x'.repeat(100_001))?.fields['title']).toHaveLength(100_000)
  expect(read(' a \n\n\t\nb')).toMatchObject([
    { row: 1, fields: { title: 'a' } },
    { row: 2, fields: { title: 'b' } },
  ])
  expect(() => read('a\0')).toThrow('it is no text')
})
