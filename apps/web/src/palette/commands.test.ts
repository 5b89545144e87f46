import { momentAt } from '@taskwire/calendar'
import { openPage, taskWith } from '@taskwire/offline/testing'
import { expect, test } from 'vitest'
import { fakeWorkspace } from '../../testing/workspace.ts'
import type { Task } from '../client.ts'
import type { TaskActions } from '../list/use_task_actions.ts'
import { routeOf } from '../shell/route.ts'
import { commandsFor } from './commands.ts'

const moment = momentAt(new Date('2026-03-02T12:00:00Z'), 'UTC')

/** The commands for what is typed, over a list in which the focus is on a task. */
function palette({ tasks = [], task }: { readonly tasks?: readonly Task[]; readonly task?: Task } = {}) {
  openPage()
  const made = fakeWorkspace({ tasks })
  const done: unknown[] = []
  const named = (name: string) => (of: Task, value?: unknown) => done.push([name, of.id, value])
  const actions = {
    toggle: named('toggle'),
    remove: named('remove'),
    skip: named('skip'),
    plan: named('plan'),
    prioritise: named('prioritise'),
  } as unknown as TaskActions
  const route = routeOf('#/tag/home/chat?search=a')
  const context = { workspace: made.workspace, actions, route, moment, tasks, task, tags: ['home', 'café'] }
  const commands = (query: string) => commandsFor(query, context)
  const run = (key: string, query = '') =>
    commands(query)
      .find((command) => command.key === key)
      ?.run()
  return { ...made, done, commands, keys: (query: string) => commands(query).map(({ key }) => key), run }
}

test('a command is found by a part of each word, whatever their case and accents', () => {
  const { commands, keys } = palette()
  expect(keys('CAFE')).toEqual(['tag café', 'add'])
  expect(keys('  keys  api ')).toContain('keys')
  expect(commands('dark').map(({ key }) => key)).toEqual(['theme dark', 'add'])
  expect(keys('')).not.toContain('add')
  expect(keys('nothing of this name')).toEqual(['add'])
})

test('the first eight tasks that match are found, pending ones first, and each leads to where it is shown', () => {
  const tasks = Array.from({ length: 10 }, (_, at) => taskWith({ id: at + 1, title: `Paint ${at}`, completed: at < 3 }))
  const { keys, run } = palette({ tasks })
  expect(keys('paint').filter((key) => key.startsWith('task'))).toEqual(
    [4, 5, 6, 7, 8, 9, 10, 1].map((id) => `task ${id}`),
  )
  run('task 4', 'paint')
  expect(location.hash).toBe('#/all/task/4')
  run('task 1', 'paint')
  expect(location.hash).toBe('#/completed/task/1')
})

test('what is typed is added as a task, by the grammar of the line that adds tasks, and can be shown', () => {
  const { dispatched, run, toasts } = palette()
  run('add', 'Call Ben !1')
  expect(dispatched).toEqual([
    { id: null, intent: { kind: 'create', fields: { title: 'Call Ben', priority: 'high' } } },
  ])
  toasts[0]?.actionProps?.onClick()
  expect(location.hash).toBe('#/all/task/-1')
  run('add', '!1')
  expect(dispatched).toHaveLength(1)
})

const day = '2026-03-02'
const recurring = { rule: 'FREQ=DAILY', next: 'upcoming', start: day, occurrence: day, number: 1 } as const

test('the task with the focus is acted on', () => {
  const { done, run } = palette({ task: taskWith({ id: 7, recurrence: recurring }) })
  for (const key of ['toggle', 'skip', 'plan week', 'plan none', 'priority high', 'priority null', 'delete']) run(key)
  expect(done).toEqual([
    ['toggle', 7, undefined],
    ['skip', 7, undefined],
    ['plan', 7, '2026-03-09'],
    ['plan', 7, null],
    ['prioritise', 7, 'high'],
    ['prioritise', 7, null],
    ['remove', 7, undefined],
  ])
  run('history')
  expect(location.hash).toBe('#/tag/home/history/7?search=a')
})

test('a task has the commands that it can take: a new one no history, one that does not repeat or is completed no skipping', () => {
  const has = (task: Task | undefined, key: string) =>
    palette(task && { task })
      .keys('')
      .includes(key)
  expect([has(undefined, 'toggle'), has(taskWith({ id: -1 }), 'toggle')]).toEqual([false, true])
  expect([has(taskWith({ id: -1 }), 'history'), has(taskWith({ id: 1 }), 'history')]).toEqual([false, true])
  expect(
    [{}, { recurrence: recurring }, { recurrence: recurring, completed: true }].map((fields) =>
      has(taskWith(fields), 'skip'),
    ),
  ).toEqual([false, true, false])
})

test('views, tags and panels are opened, a panel over the list that is shown', () => {
  const { run, undone } = palette()
  const visited = ['view trash', 'tag café', 'chat', 'export', 'help'].map((key) => {
    run(key)
    return location.hash
  })
  expect(visited).toEqual([
    '#/trash',
    '#/tag/caf%C3%A9',
    '#/tag/home/chat?search=a',
    '#/tag/home/account?search=a',
    '#/tag/home/help?search=a',
  ])
  run('undo')
  run('redo')
  expect(undone).toEqual([undefined, 'redo'])
})
