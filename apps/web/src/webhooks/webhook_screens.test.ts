import { TaskwireError } from '@taskwire/client'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { renderScreen } from '@taskwire/offline/testing/screen'
import { createElement, type ComponentType } from 'react'
import { t } from '../texts/texts.ts'
import { exactTime } from '../time.ts'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { Deliveries } from './deliveries.tsx'
import { NewWebhook } from './new_webhook.tsx'
import { WebhookRow, type Webhook } from './webhook_row.tsx'

const { webhooks, errors } = t.account
const down = () => Promise.reject(new TaskwireError('unreachable'))

let asked: unknown[]
let said: string[]
beforeEach(() => {
  openPage()
  asked = []
  said = []
})

/** A part of the webhooks of a user whose server answers so. */
async function shown<Props extends object>(component: ComponentType<Props>, props: Props, answers: object = {}) {
  const answered = Object.entries(answers).map(([name, answer]) => {
    const call = (input: unknown) => {
      asked.push([name, input])
      return answer()
    }
    return [name, { query: call, mutate: call }]
  })
  const client = { webhook: Object.fromEntries(answered) }
  const workspace = { client, notify: (text: string) => said.push(text) } as unknown as Workspace
  const screen = await renderScreen(
    createElement(WorkspaceContext, { value: workspace }, createElement(component, props)),
  )
  onTestFinished(screen.unmount)
  return screen
}

const delivery = (id: number, details: object = {}) => ({
  id,
  type: `type ${id}`,
  status: 'delivered',
  attempts: 1,
  response_status: 200,
  error: null,
  next_attempt_at: null,
  ...details,
})

test('a delivery says what came of it, how often it was tried, and when it is tried next', async () => {
  const next_attempt_at = '2026-03-02T12:00:00Z'
  const items = [
    delivery(1),
    delivery(2, { status: 'pending', attempts: 0, response_status: null, next_attempt_at }),
    delivery(3, { status: 'failed', attempts: 2, response_status: null, error: 'refused', next_attempt_at }),
  ]
  const { buttons, document } = await shown(Deliveries, { webhook_id: 4 }, { deliveries: async () => ({ items }) })
  expect(asked).toEqual([['deliveries', { webhook_id: 4, limit: 20 }]])
  expect([...document.querySelectorAll('.quiet')].map(({ textContent }) => textContent)).toEqual([
    'Delivered · 1 attempt · answer 200',
    `Waiting · ${webhooks.next(exactTime(next_attempt_at))}`,
    'Failed · 2 attempts · refused',
  ])
  expect(buttons()).toEqual([webhooks.againOf('type 3'), webhooks.refresh])
})

test('what failed is sent again, after which the list is read again, and where that fails it says so', async () => {
  let redeliver: () => Promise<unknown> = down
  const answers = {
    deliveries: async () => ({ items: [delivery(3, { status: 'failed' })] }),
    redeliver: () => redeliver(),
  }
  const { click, find } = await shown(Deliveries, { webhook_id: 4 }, answers)
  await click(webhooks.againOf('type 3'))
  expect([find('[role=alert]').textContent, asked.length]).toEqual([errors.unreachable, 2])
  redeliver = async () => ({})
  await click(webhooks.againOf('type 3'))
  expect(asked.slice(2)).toEqual([
    ['redeliver', { webhook_id: 4, delivery_id: 3 }],
    ['deliveries', { webhook_id: 4, limit: 20 }],
  ])
  expect(find('[role=alert]').textContent).toBe('')
})

const webhook = (details: object = {}) =>
  ({
    id: 4,
    url: 'https://a.example',
    description: null,
    enabled: true,
    disabled_reason: null,
    events: ['change'],
    ...details,
  }) as Webhook

/** The row of a webhook, the secrets that it tells, and whether what it attempts succeeds. */
async function shownRow(row: Webhook, failed: string | null = null) {
  const secrets: string[] = []
  async function attempt(action: () => Promise<unknown>) {
    await action()
    return failed
  }
  const answers = {
    test: async () => ({}),
    update: async () => ({}),
    rotate: async () => ({ secret: 'whsec' }),
    delete: async () => ({}),
    deliveries: async () => ({ items: [] }),
  }
  const screen = await shown(WebhookRow, { webhook: row, attempt, onSecret: (secret) => secrets.push(secret) }, answers)
  return { ...screen, secrets }
}

test.each([
  [{}, webhooks.active],
  [{ enabled: false }, webhooks.disabled],
  [{ enabled: false, disabled_reason: 'gone' }, webhooks.gone],
  [{ enabled: false, disabled_reason: 'failing' }, webhooks.failing],
])('a webhook that is %j is said to be "%s"', async (details, state) => {
  const { find } = await shownRow(webhook(details))
  expect(find('.quiet').textContent).toBe(`${state} · ${webhooks.change}`)
})

test('a webhook is tried, turned off and on, given a new secret, and deleted after a question', async () => {
  const { click, secrets } = await shownRow(webhook())
  await click(webhooks.test)
  await click(webhooks.disable)
  await click(webhooks.rotateOf('https://a.example'))
  await click(webhooks.removeOf('https://a.example'))
  expect(asked).toEqual([
    ['test', { webhook_id: 4 }],
    ['update', { webhook_id: 4, enabled: false }],
  ])
  await click(`${t.shell.confirm}: ${webhooks.rotateOf('https://a.example')}`)
  await click(`${t.shell.confirm}: ${webhooks.removeOf('https://a.example')}`)
  expect(asked.slice(2)).toEqual([
    ['rotate', { webhook_id: 4 }],
    ['delete', { webhook_id: 4 }],
  ])
  expect([secrets, said]).toEqual([['whsec'], [webhooks.testSent, webhooks.removed]])
  const off = await shownRow(webhook({ enabled: false }))
  await off.click(webhooks.enable)
  expect(asked.at(-1)).toEqual(['update', { webhook_id: 4, enabled: true }])
})

test('what failed is not said to be done', async () => {
  const { click } = await shownRow(webhook(), 'It failed.')
  await click(webhooks.test)
  expect([asked.length, said]).toEqual([1, []])
})

test('the deliveries of a webhook are read when they are opened', async () => {
  const { click, text } = await shownRow(webhook())
  expect(asked).toEqual([])
  await click(webhooks.deliveriesOf('https://a.example'))
  expect(text()).toContain(webhooks.noDeliveries)
  await click(webhooks.deliveriesOf('https://a.example'))
  expect(text()).not.toContain(webhooks.noDeliveries)
})

test('a new webhook has an address of http or https, and at least one kind of event', async () => {
  const created: object[] = []
  const onCreate = async (given: object) => {
    created.push(given)
    return null
  }
  const { act, find, submit } = await shown(NewWebhook, { onCreate })
  for (const url of ['', 'a.example', 'ftp://a.example', 'xhttps://a.example', 'httpss://a.example']) {
    await submit({ url })
    expect([url, find('.field .problem').textContent]).toEqual([url, webhooks.urlProblem])
  }
  await submit({ url: ' http://a.example ', description: '  ' })
  await submit({ url: 'https://a.example', description: ' Mine ' })
  await act(() => find('[name=change]').click())
  await submit()
  await act(() => find('[name=reminder]').click())
  await submit()
  expect(created).toEqual([
    { url: 'http://a.example', events: ['change', 'reminder'] },
    { url: 'https://a.example', events: ['change', 'reminder'], description: 'Mine' },
    { url: 'https://a.example', events: ['reminder'], description: 'Mine' },
  ])
  expect(find('[role=alert]').textContent).toBe(webhooks.eventsProblem)
})
