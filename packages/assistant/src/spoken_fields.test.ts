import { expect, test } from 'vitest'
import { hintFor } from './hints.ts'
import { spokenFields } from './spoken_fields.ts'

// Wednesday.
const clock = { today: '2026-11-18', now: '12:00', zone: null } as const

test.each([
  ['milk due tomorrow', 'milk', { due_date: '2026-11-19' }],
  ['milk for tomorrow', 'milk', { due_date: '2026-11-19' }],
  ['milk for tomorrow #home', 'milk', { due_date: '2026-11-19', tags: ['home'] }],
  ['milk due tomorrow due at 5pm', 'milk', { due_date: '2026-11-19', due_time: '17:00' }],
  [
    'due tomorrow, call mom DUE at 5pm #home',
    'call mom',
    { due_date: '2026-11-19', due_time: '17:00', tags: ['home'] },
  ],
  ['rent due on friday due every month', 'rent', { due_date: '2026-11-20', recurrence: { rule: 'FREQ=MONTHLY' } }],
  ['report due friday for 5pm', 'report', { due_date: '2026-11-20', due_time: '17:00' }],
  ['milk for tomorrow for 5pm', 'milk', { due_date: '2026-11-19', due_time: '17:00' }],
  ['library books overdue tomorrow', 'library books overdue', { due_date: '2026-11-19' }],
  ['milk due tomorrow for bob', 'milk for bob', { due_date: '2026-11-19' }],
  ['prepare for tomorrow night shift', 'prepare for night shift', { due_date: '2026-11-19' }],
  ['report, high priority', 'report', { priority: 'high' }],
  ['report with LOW priority', 'report', { priority: 'low' }],
  ['report as medium priority', 'report', { priority: 'medium' }],
  ['report due tomorrow, high priority', 'report', { due_date: '2026-11-19', priority: 'high' }],
  ['xhigh priority', 'xhigh priority', {}],
  ['set a high priority list', 'set a high priority list', {}],
  ['buy milk', 'buy milk', {}],
])('%j is %j', (text, title, fields) => {
  expect(spokenFields(text, clock)).toMatchObject({ title, fields })
  expect(Object.keys(spokenFields(text, clock).fields)).toEqual(expect.arrayContaining(Object.keys(fields)))
})

test.each([
  ["show bob's tasks", 'I can only see and change your own tasks.'],
  ['email my list', 'I cannot send anything'],
  ['set an alarm', 'I send no reminders'],
  ['add a subtask', 'in its editor'],
  ['sing', 'Say "help"'],
  ['emailing', 'Say "help"'],
])('what cannot be done is said: %s', (message, hint) => {
  expect(hintFor(message)).toContain(hint)
})
