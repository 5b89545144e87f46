import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { openPage, taskWith } from '@taskwire/offline/testing'
import { renderScreen } from '@taskwire/offline/testing/screen'
import { createElement } from 'react'
import type { Task } from '../client.ts'
import { t } from '../texts/texts.ts'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { storedWelcome, storeWelcome } from './welcome_mark.ts'
import Welcome from './welcome.tsx'

let created: number
let deleted: unknown[]
let announced: unknown[]
beforeEach(() => {
  openPage()
  created = 0
  deleted = []
  announced = []
})

/** The welcome of Ada, who has these tasks. */
async function welcome(tasks: readonly Task[]) {
  const snapshot = { tasks }
  const utc = { time_zone: 'UTC' }
  async function mutate({ operations }: { operations: readonly object[] }) {
    created++
    return { results: operations.map((_, index) => ({ task: { id: index + 1 } })) }
  }
  const workspace = {
    user: { id: 'ada' },
    client: { task: { batch: { mutate } } },
    replica: { subscribe: () => () => {}, snapshot: () => snapshot },
    settings: { current: () => utc, subscribe: () => () => {} },
    messages: { announceAll: (...given: unknown[]) => announced.push(given) },
    dispatchAll: (writes: readonly unknown[]) => (deleted.push(...writes), writes),
  } as unknown as Workspace
  const screen = await renderScreen(createElement(WorkspaceContext, { value: workspace }, createElement(Welcome)))
  onTestFinished(screen.unmount)
  return screen
}

test('a new account gets its samples once, and is welcomed while it has one of them', async () => {
  storeWelcome({ user_id: 'ada', ids: null })
  const { text } = await welcome([taskWith({ id: 4 })])
  expect([created, text().includes(t.welcome.text)]).toEqual([1, true])
  await welcome([taskWith({ id: 4 })])
  expect(created).toBe(1)
  expect((await welcome([taskWith({ id: 5 })])).text()).toBe('')
})

test('an account that is not new here, or that of another user, is not welcomed', async () => {
  expect((await welcome([taskWith()])).text()).toBe('')
  storeWelcome({ user_id: 'bob', ids: null })
  expect((await welcome([taskWith()])).text()).toBe('')
  expect(created).toBe(0)
})

test('the samples are removed together, and no other task', async () => {
  storeWelcome({ user_id: 'ada', ids: [1, 2] })
  const samples = [taskWith({ id: 1 }), taskWith({ id: 2 })]
  const { click, text } = await welcome([...samples, taskWith({ id: 3 })])
  await click(t.welcome.remove)
  expect(deleted).toEqual(samples.map((task) => [task.id, { kind: 'delete' }, task]))
  expect(announced).toEqual([['deleted', deleted]])
  expect([text(), storedWelcome('ada')]).toEqual(['', undefined])
})

test('the samples are kept where the user says so, and the welcome does not come back', async () => {
  storeWelcome({ user_id: 'ada', ids: [1] })
  const { click, text } = await welcome([taskWith()])
  await click(t.welcome.keep)
  expect([deleted, text(), storedWelcome('ada')]).toEqual([[], '', undefined])
})
