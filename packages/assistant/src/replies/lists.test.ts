import { expect, test } from 'vitest'
import { countText, detailText, listText, numbered } from './lists.ts'
import { whichTask } from './questions.ts'

const task = (id: number, more = {}) => ({ id, title: `Task ${id}`, completed: false, ...more })
const list = (length: number, more = false) => ({ tasks: Array.from({ length }, (_, n) => task(n + 1)), more })

test.each([
  [list(0), { status: 'all' }, 'Your list is empty.'],
  [list(0), { status: 'pending' }, 'You have no pending tasks.'],
  [list(0), { status: 'all', due: 'today' }, 'You have no tasks due today.'],
  [list(0), { status: 'all', search: 'a\nb' }, 'No task mentions “a b”.'],
  [list(1), { status: 'completed', search: 'x' }, 'You have one completed task that mentions “x”:\n1. Task 1'],
  [
    list(2),
    { status: 'all', tag: 'home', priority: 'none' },
    'You have 2 tasks without priority tagged #home:\n1. Task 1\n2. Task 2',
  ],
  [list(1, true), { status: 'pending' }, 'These are the newest 1 of your pending tasks; there are more:\n1. Task 1'],
] as const)('a list says how many tasks it has, of which kind: %#', (found, filter, text) => {
  expect(listText(found, filter)).toBe(text)
})

test('a completed task is marked in a list of all, each on one line of its own', () => {
  const tasks = [task(1, { completed: true, title: 'a\n2. b' }), task(2, { due_date: '2026-11-27' })]
  expect(numbered(tasks, true)).toBe('1. a 2. b (completed)\n2. Task 2, due Fri 27 Nov 2026')
  expect(numbered(tasks, false)).toBe('1. a 2. b\n2. Task 2, due Fri 27 Nov 2026')
})

test.each([
  [list(0), { status: 'all' }, 'You have no tasks.'],
  [list(1), { status: 'pending' }, 'You have 1 pending task.'],
  [list(200, true), { status: 'all', due: 'overdue' }, 'You have more than 200 tasks that are overdue.'],
  [list(3), { status: 'all', day: 'friday' }, 'You have 3 tasks due on Friday.'],
] as const)('a count says when there are more: %#', (found, filter, text) => {
  expect(countText(found, filter)).toBe(text)
})

test('a task is described with its status and its notes', () => {
  expect(detailText(task(1, { completed: true, description: 'a\nb' }))).toBe(
    '“Task 1” is completed. Description: “a b”',
  )
  expect(detailText(task(1, { description: '' }))).toBe('“Task 1” is pending.')
})

test('a question which task is meant shows ten, and says where there are more', () => {
  const understood = { command: { do: 'help' }, isGuessed: false, isQuestion: false } as const
  const ask = (length: number) => whichTask(understood, list(length).tasks)
  expect(ask(10)).toMatchObject({ shown: list(10).tasks, reply: expect.stringMatching(/\n10\. Task 10$/) })
  expect(ask(11)).toMatchObject({
    shown: list(10).tasks,
    question: { candidates: list(10).tasks },
    reply: expect.stringMatching(/\n10\. Task 10\n\(There are more: tell me more of the title\.\)$/),
  })
  expect(ask(0)).not.toHaveProperty('shown')
})
