import { expect, test } from 'vitest'
import { MAX_TASKS } from '../described_task.ts'
import { readMsTodo } from './mstodo.ts'

const context = { today: '2026-11-21', zone: 'Europe/Berlin' }
const read = (value: unknown) => [...readMsTodo(JSON.stringify(value), context)]
const one = (more: object) => {
  const [task] = read([{ title: 'Milk', ...more }])
  if (task === undefined || task === 'pause') throw new Error('no task')
  return task
}

test.each([
  ['an array of tasks', [{ title: 'Milk' }]],
  ['one task', { title: 'Milk' }],
  ['a page of tasks', { value: [{ title: 'Milk' }] }],
  ['a page of lists', { value: [{ displayName: 'Tasks', tasks: [{ title: 'Milk' }] }] }],
  ['an object with lists', { lists: [{ tasks: [{ title: 'Milk' }] }] }],
  ['one list', { displayName: 'To Do', tasks: [{ title: 'Milk' }] }],
])('%s is read', (_, value) => {
  expect(read(value)).toMatchObject([{ row: 1, fields: { title: 'Milk', tags: [] } }])
})

test('tasks are counted through all lists, and an entry that is none is reported', () => {
  const lists = [{ displayName: 'Home', tasks: [{ title: 'a' }, { name: 'b' }] }, { tasks: [{ title: 'c' }] }]
  expect(read(lists)).toMatchObject([
    { row: 1, fields: { title: 'a', tags: ['Home'] } },
    { row: 2, problem: 'it is not a task of Microsoft To Do' },
    { row: 3, fields: { title: 'c', tags: [] } },
  ])
  expect(() => read(Array.from({ length: MAX_TASKS + 1 }, () => ({ title: 'x' })))).toThrow('more than 10000 tasks')
})

test.each([
  [{ content: '<p>a &lt;b&gt;</p><div>c<br/>d</div>', contentType: 'html' }, 'a <b>\nc\nd'],
  [{ content: '&amp;lt; &quot;&#39;&nbsp;', contentType: 'html' }, '&lt; "\''],
  [{ content: '<b>a</b> &amp;', contentType: 'text' }, '<b>a</b> &amp;'],
  [{ content: ' \n', contentType: 'text' }, undefined],
  [{ content: null }, undefined],
  [null, undefined],
  [7, undefined],
])('the body %o is the description %j', (body, description) => {
  expect(one({ body }).fields['description']).toBe(description)
})

test('the importance normal is no priority', () => {
  const priorities = ['high', 'normal', 'low', undefined].map((importance) => one({ importance }).fields['priority'])
  expect(priorities).toEqual(['high', undefined, 'low', undefined])
})

test('a reminder counts where it is on, and is local', () => {
  const reminderDateTime = { dateTime: '2026-10-14T09:00:00' }
  expect(one({ reminderDateTime, isReminderOn: true }).fields['reminders']).toEqual(['2026-10-14T11:00'])
  for (const isReminderOn of [false, undefined, 'yes']) {
    expect(one({ reminderDateTime, isReminderOn }).fields['reminders']).toEqual([])
  }
  expect(one({ reminderDateTime: null, isReminderOn: true }).fields['reminders']).toEqual([])
})

test('times, items and days are those of the task', () => {
  const at = (dateTime: string) => ({ dateTime: `${dateTime}.0000000`, timeZone: 'UTC' })
  const task = one({
    id: 'x',
    status: 'completed',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastModifiedDateTime: '2026-01-02T00:00:00Z',
    completedDateTime: at('2026-01-03T00:00:00'),
    dueDateTime: at('2026-01-30T23:00:00'),
    startDateTime: at('2026-01-28T23:00:00'),
    checklistItems: [{ displayName: 'A', isChecked: true }, { displayName: 'B', isChecked: 'yes' }, 7],
    categories: ['Red', 7, 'Blue'],
  })
  expect(task).toMatchObject({
    identity: 'x',
    fields: {
      completed: true,
      due_date: '2026-01-31',
      start_date: '2026-01-29',
      tags: ['Red', 'Blue'],
      checklist: [
        { text: 'A', done: true },
        { text: 'B', done: false },
      ],
    },
    times: {
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-02T00:00:00Z',
      completed_at: '2026-01-03T00:00:00.000Z',
    },
    lost: [],
  })
  expect(one({ status: 'notStarted' }).fields['completed']).toBe(false)
})

test('what has no place is named', () => {
  expect(
    one({
      recurrence: { pattern: { type: 'hourly' } },
      hasAttachments: true,
      linkedResources: [{}],
      status: 'waitingOnOthers',
    }).lost,
  ).toEqual(['recurrence', 'attachments', 'links', 'status waitingOnOthers'])
  const none = { recurrence: null, hasAttachments: false, linkedResources: [], status: 'inProgress' }
  expect(one(none).lost).toEqual([])
  expect(one({ recurrence: { pattern: { type: 'daily' } } })).toMatchObject({
    fields: { recurrence: { rule: 'FREQ=DAILY' } },
    lost: [],
  })
})
