import { TaskwireError } from '@taskwire/client'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { renderScreen } from '@taskwire/offline/testing/screen'
import { createElement, type ComponentType } from 'react'
import KeysPanel from '../keys/keys_panel.tsx'
import { NotificationChoice } from '../reminders/notification_choice.tsx'
import { t } from '../texts/texts.ts'
import WebhooksPanel from '../webhooks/webhooks_panel.tsx'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { LanguageChoice } from './language_choice.tsx'
import type { Settings } from './settings.ts'
import SettingsPanel from './settings_panel.tsx'

let asked: unknown[]
let said: string[]
let closed: number
let settings: Settings
beforeEach(() => {
  openPage('https://tasks.example')
  asked = []
  said = []
  closed = 0
  settings = { time_zone: null, remind_time: '09:00' }
})

type Answers = Readonly<Record<string, (input: unknown) => Promise<unknown>>>

/** A panel of a user whose server answers so, by the path of the call. */
async function shown<Props extends object>(component: ComponentType<Props>, props: Props, answers: Answers) {
  function ask(path: string, input: unknown): Promise<unknown> {
    asked.push([path, input])
    return (answers[path] ?? (async () => ({})))(input)
  }
  const webhook = (name: string) => ({
    query: (input: unknown) => ask(name, input),
    mutate: (input: unknown) => ask(name, input),
  })
  const workspace = {
    session: { call: async (path: string, body?: unknown) => ({ data: await ask(path, body), error: null }) },
    client: { webhook: { list: webhook('list'), create: webhook('create') } },
    settings: {
      current: () => settings,
      subscribe: () => () => {},
      update: (input: unknown) => ask('settings', input),
    },
    notify: (text: string) => said.push(text),
    user: { id: 'ada' },
  } as unknown as Workspace
  const screen = await renderScreen(
    createElement(WorkspaceContext, { value: workspace }, createElement(component, props)),
  )
  onTestFinished(screen.unmount)
  return screen
}

const onClose = () => void closed++
const down = () => Promise.reject(new TaskwireError('unreachable'))

test('settings that were changed are saved, and only those', async () => {
  const { submit } = await shown(SettingsPanel, { onClose }, {})
  await submit()
  expect([asked, closed]).toEqual([[], 1])
  await submit({ time_zone: ' Asia/Tokyo ' })
  expect([asked, said, closed]).toEqual([
    [['settings', { time_zone: 'Asia/Tokyo' }]],
    [t.shell.settingsSaved, t.shell.settingsSaved],
    2,
  ])
})

test('an emptied time zone is that of the device again, and settings that are refused keep the panel open', async () => {
  settings = { ...settings, time_zone: 'Asia/Tokyo' }
  const { find, submit } = await shown(SettingsPanel, { onClose }, { settings: down })
  await submit({ time_zone: ' ' })
  expect(asked).toEqual([['settings', { time_zone: null }]])
  const reason = t.account.errors.unreachable.replace(/\.$/, '')
  expect([find('form > .problem').textContent, said, closed]).toEqual([t.shell.settingsNotSaved(reason), [], 0])
})

test('a language that is chosen is kept in this browser, and the page shows it anew', async () => {
  let reloads = 0
  Object.assign(location, { reload: () => reloads++ })
  const { act, document, find } = await shown(LanguageChoice, {}, {})
  expect(find<HTMLSelectElement>('select').value).toBe('auto')
  await act(() => {
    find<HTMLSelectElement>('select').value = 'de'
    const { Event } = document.defaultView as unknown as typeof globalThis
    find('select').dispatchEvent(new Event('change', { bubbles: true }))
  })
  expect([localStorage.getItem('taskwire.language'), reloads]).toEqual(['de', 1])
})

test('notifications are asked for once, and what the browser answers shows', async () => {
  const Notification = { permission: 'default', requestPermission: async () => 'denied' }
  Object.assign(globalThis, { Notification })
  const { buttons, click, text } = await shown(NotificationChoice, {}, {})
  expect(text()).toContain(t.reminders.states.default)
  await click(t.reminders.allow)
  expect([text().includes(t.reminders.states.denied), buttons()]).toEqual([true, []])
  Reflect.deleteProperty(globalThis, 'Notification')
  expect((await shown(NotificationChoice, {}, {})).text()).toContain(t.reminders.states.missing)
})

const key = { id: '1', name: 'Desk', start: 'tw_a', configId: 'write', expiresAt: null }

test('a key is created from what was entered, shows once, and is in the list', async () => {
  let apiKeys: object[] = []
  const { act, click, find, submit, text } = await shown(
    KeysPanel,
    { onClose },
    {
      '/api-key/list': async () => ({ apiKeys }),
      '/api-key/create': async () => ({ key: 'tw_secret' }),
      '/oauth2/get-consents': async () => [],
    },
  )
  expect(text()).toContain(t.keys.none)
  apiKeys = [key]
  await act(() => find('[value=write]').click())
  await submit({ name: ' Desk ', days: '30' })
  expect(asked).toContainEqual(['/api-key/create', { name: 'Desk', configId: 'write', expiresIn: 30 * 86_400 }])
  expect([find('.new-key code').textContent, find('.key strong').textContent]).toEqual(['tw_secret', 'Desk'])
  await click(t.keys.done)
  expect([text().includes('tw_secret'), find<HTMLInputElement>('[name=name]').value]).toEqual([false, ''])
})

test('a key that was revoked leaves the list', async () => {
  let apiKeys: object[] = [key]
  const { click, text } = await shown(
    KeysPanel,
    { onClose },
    {
      '/api-key/list': async () => ({ apiKeys }),
      '/oauth2/get-consents': async () => [],
    },
  )
  await click(t.keys.revokeKey('Desk'))
  apiKeys = []
  await click(t.keys.confirmRevoking('Desk'))
  expect(asked).toContainEqual(['/api-key/delete', { keyId: '1', configId: 'write' }])
  expect([said, text().includes(t.keys.none)]).toEqual([[t.keys.revoked('Desk')], true])
})

test('the secret of a new webhook shows once, and the webhook is in the list', async () => {
  const { webhooks } = t.account
  let listed: object[] = []
  const { click, find, submit, text } = await shown(
    WebhooksPanel,
    { onClose },
    {
      list: async () => listed,
      create: async () => ({ secret: 'whsec_1' }),
    },
  )
  expect(text()).toContain(webhooks.none)
  listed = [{ id: 1, url: 'https://a.example', description: null, enabled: true, disabled_reason: null, events: [] }]
  await submit({ url: 'https://a.example' })
  expect([find('code').textContent, text().includes('https://a.example')]).toEqual(['whsec_1', true])
  await click(t.keys.done)
  expect(text()).not.toContain('whsec_1')
})

test('a webhook that is refused shows why, and no secret', async () => {
  const { document, find, submit } = await shown(WebhooksPanel, { onClose }, { list: async () => [], create: down })
  await submit({ url: 'https://a.example' })
  expect(find('form .problem').textContent).toBe(t.account.errors.unreachable)
  expect(document.querySelector('code')).toBeNull()
})
