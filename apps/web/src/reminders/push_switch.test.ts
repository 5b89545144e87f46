import { beforeEach, expect, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { renderScreen } from '@taskwire/offline/testing/screen'
import { createElement } from 'react'
import { t } from '../texts/texts.ts'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { storePushChoice } from './push_choice.ts'
import { PushSwitch } from './push_switch.tsx'

let asked: [string, unknown][]
/** What the server does with a subscription. */
let answer: () => Promise<{ data: unknown; error: { status: number } | null }>

beforeEach(() => {
  openPage()
  asked = []
  answer = async () => ({ data: null, error: null })
  const subscription = {
    endpoint: 'https://push.example/1',
    unsubscribe: async () => true,
    toJSON: () => ({ endpoint: 'https://push.example/1' }),
  }
  const pushManager = { getSubscription: async () => null, subscribe: async () => subscription }
  Object.assign(navigator, { serviceWorker: { getRegistration: async () => ({ pushManager }) } })
  Object.assign(globalThis, { PushManager: {}, Notification: { permission: 'granted' } })
})

/** The switch of Ada, and whether its boxes are ticked. */
async function shownSwitch() {
  const call = async (path: string, body?: unknown) => {
    asked.push([path, body])
    return path === '/push/key' ? { data: { public_key: 'AQ' }, error: null } : answer()
  }
  const workspace = { session: { call }, user: { id: 'ada' } } as unknown as Workspace
  const screen = await renderScreen(createElement(WorkspaceContext, { value: workspace }, createElement(PushSwitch)))
  const boxes = () => [...screen.document.querySelectorAll('input')]
  return {
    ...screen,
    ticks: () => boxes().map(({ checked }) => checked),
    tick: (index: number) => screen.act(() => boxes()[index]?.click()),
  }
}

test("it shows what this user has chosen here, and nothing of another one's choice", async () => {
  storePushChoice({ user_id: 'bob', shows_title: false })
  const other = await shownSwitch()
  expect(other.ticks()).toEqual([false])
  other.unmount()
  storePushChoice({ user_id: 'ada', shows_title: false })
  const own = await shownSwitch()
  expect(own.ticks()).toEqual([true, false])
  own.unmount()
})

test('it is turned on with titles, which can be hidden, and off again', async () => {
  const { ticks, tick, unmount } = await shownSwitch()
  await tick(0)
  expect(ticks()).toEqual([true, true])
  await tick(1)
  expect(ticks()).toEqual([true, false])
  expect(asked.at(-1)).toMatchObject(['/push/subscribe', { shows_title: false }])
  await tick(0)
  expect(ticks()).toEqual([false])
  unmount()
})

test('where the server refuses it the switch stays off and says so, until the next try', async () => {
  const { act, find, ticks, tick, unmount } = await shownSwitch()
  answer = async () => ({ data: null, error: { status: 503 } })
  await tick(0)
  expect([ticks(), find('[role=alert]').textContent]).toEqual([[false], t.reminders.push.failed])
  const { promise, resolve } = Promise.withResolvers<{ data: null; error: null }>()
  answer = () => promise
  await tick(0)
  expect([find<HTMLInputElement>('input').disabled, find('[role=alert]').textContent]).toEqual([true, ''])
  await tick(0)
  await act(() => resolve({ data: null, error: null }))
  expect([ticks(), find<HTMLInputElement>('input').disabled]).toEqual([[true, true], false])
  unmount()
})
