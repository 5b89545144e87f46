import { expect, test } from 'vitest'
import { understand } from './understand.ts'

const context = { today: '2026-11-18', now: '10:00', zone: 'Europe/Zurich' }

function read(text: string, ...refused: string[]) {
  const { title, fields, spans } = understand(text, context, new Set(refused))
  return { title, fields, parts: spans.map(({ from, to, is }) => [text.slice(from, to), is]) }
}

test('the parts of a line become fields, and the rest the title', () => {
  expect(read('Pay rent tomorrow 5pm #home !1')).toEqual({
    title: 'Pay rent',
    fields: {
      due_date: '2026-11-19',
      due_time: '17:00',
      due_zone: 'Europe/Zurich',
      tags: ['home'],
      priority: 'high',
    },
    parts: [
      ['tomorrow', 'due_date'],
      ['5pm', 'due_time'],
      ['#home', 'tag'],
      ['!1', 'priority'],
    ],
  })
})

test('a part that is refused stays in the title, as it was typed, and the others keep their places', () => {
  expect(read('Watch Tomorrow #film', 'tomorrow')).toEqual({
    title: 'Watch Tomorrow',
    fields: { tags: ['film'] },
    parts: [['#film', 'tag']],
  })
  expect(read('today and today', 'today')).toEqual({ title: 'today and today', fields: {}, parts: [] })
})

test('a recurrence is refused with its end, and what follows it may be understood', () => {
  const text = 'Run every day until 24 Dec !2'
  expect(read(text).fields.recurrence).toEqual({
    rule: 'FREQ=DAILY;UNTIL=20261224',
    next: 'upcoming',
    start: '2026-11-18',
    occurrence: '2026-11-18',
    number: 1,
  })
  expect(read(text, 'every day until 24 dec')).toEqual({
    title: 'Run every day until 24 Dec',
    fields: { priority: 'medium' },
    parts: [['!2', 'priority']],
  })
})

test('a backslash that was typed does what one by refusing does', () => {
  expect(read('\\tomorrow !1')).toEqual({
    title: 'tomorrow',
    fields: { priority: 'high' },
    parts: [['!1', 'priority']],
  })
  expect(read('\\tomorrow !1', '!1')).toEqual({ title: 'tomorrow !1', fields: {}, parts: [] })
})
