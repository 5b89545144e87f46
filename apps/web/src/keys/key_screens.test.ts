import { TaskwireError } from '@taskwire/client'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { renderScreen } from '@taskwire/offline/testing/screen'
import { createElement, type ComponentType } from 'react'
import { FeedsSection } from '../account/feeds_section.tsx'
import ConnectPage from '../connect/connect_page.tsx'
import { ConnectedApps } from '../connect/connected_apps.tsx'
import { Consent } from '../connect/consent.tsx'
import { connectRequestOf, type ConnectRequest } from '../connect/request.ts'
import { startText } from '../texts/start_texts.ts'
import { t } from '../texts/texts.ts'
import { exactTime } from '../time.ts'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { CopyButton } from './copy_button.tsx'
import { KeyRow } from './key_row.tsx'
import { NewKey } from './new_key.tsx'

const { keys } = t
const { connect } = startText

type ServerAnswer = { data: unknown; error: { status: number; message?: string } | null }

let asked: unknown[]
let said: string[]
let went: string[]
/** What the sign-in server answers, by the path. */
let answers: Record<string, ServerAnswer>
beforeEach(() => {
  openPage('https://tasks.example')
  Object.assign(location, { assign: (url: string) => went.push(url) })
  asked = []
  said = []
  went = []
  answers = {}
})

const refused = { data: null, error: { status: 400, message: 'No' } }

function call(path: string, body?: object) {
  asked.push([path, body])
  return Promise.resolve(answers[path] ?? { data: {}, error: null })
}

async function shown<Props extends object>(component: ComponentType<Props>, props: Props, client: object = {}) {
  const workspace = { client, session: { call }, notify: (text: string) => said.push(text) } as unknown as Workspace
  const screen = await renderScreen(
    createElement(WorkspaceContext, { value: workspace }, createElement(component, props)),
  )
  onTestFinished(screen.unmount)
  return screen
}

const apiKey = { id: '1', name: 'Desk', start: 'tw_a', scope: 'write', expires_at: null } as const

test('a key says what it may do, and when it ends or has ended', async () => {
  const [past, future] = ['2020-03-02T00:00:00.000Z', '2199-03-02T00:00:00.000Z']
  const textOf = async (expires_at: string | null) =>
    (await shown(KeyRow, { apiKey: { ...apiKey, expires_at }, onRevoke: () => {} })).find('.quiet').textContent
  expect(await textOf(null)).toBe(`tw_a… ${keys.accessWrite}`)
  expect(await textOf(future)).toBe(`tw_a… ${keys.accessWrite}, ${keys.expires(exactTime(future))}`)
  expect(await textOf(past)).toBe(`tw_a… ${keys.accessWrite}, ${keys.expired(exactTime(past))}`)
  const reading = await shown(KeyRow, { apiKey: { ...apiKey, scope: 'read' }, onRevoke: () => {} })
  expect(reading.find('.quiet').textContent).toBe(`tw_a… ${keys.accessRead}`)
})

test('a key is revoked after a question, which leaving its button takes back', async () => {
  let revoked = 0
  const { act, buttons, click, find } = await shown(KeyRow, { apiKey, onRevoke: () => revoked++ })
  await act(() => find('button').focus())
  await click(keys.revokeKey('Desk'))
  await act(() => find('button').blur())
  expect(buttons()).toEqual([keys.revokeKey('Desk')])
  await click(keys.revokeKey('Desk'))
  expect(revoked).toBe(0)
  await click(keys.confirmRevoking('Desk'))
  expect(revoked).toBe(1)
})

test('a text is copied, and where the browser does not allow that the page says so', async () => {
  const copied: string[] = []
  Object.assign(navigator, { clipboard: { writeText: async (text: string) => void copied.push(text) } })
  const one = await shown(CopyButton, { text: 'tw_secret', name: 'key' })
  await one.click(keys.copyOf.key)
  expect([copied, one.find('[role=status]').textContent]).toEqual([['tw_secret'], keys.copiedOf.key])
  Reflect.deleteProperty(navigator, 'clipboard')
  const other = await shown(CopyButton, { text: 'tw_secret', name: 'key' })
  await other.click(keys.copyOf.key)
  expect([other.text().includes(keys.copyFailed), other.text().includes(keys.copied)]).toEqual([true, false])
})

test('a new key shows with the configuration of this server, until the user is done', async () => {
  let done = 0
  const { click, find, text } = await shown(NewKey, { value: 'tw_secret', onDone: () => done++ })
  expect(find('code').textContent).toBe('tw_secret')
  expect(JSON.parse(find('pre').textContent)).toMatchObject({
    mcpServers: { taskwire: { url: 'https://tasks.example/mcp', headers: { Authorization: 'Bearer tw_secret' } } },
  })
  expect(text()).toContain(keys.copyNow)
  await click(keys.done)
  expect(done).toBe(1)
})

/** The addresses of calendars of a user. */
async function feeds(
  create: () => Promise<unknown>,
  list = async (): Promise<unknown> => [{ id: 3, created_at: '2026-03-02T12:00:00Z' }],
) {
  const did: unknown[] = []
  const feed = {
    list: { query: () => (did.push('list'), list()) },
    create: { mutate: () => (did.push('create'), create()) },
    delete: { mutate: (input: object) => (did.push(input), Promise.resolve({})) },
  }
  return { ...(await shown(FeedsSection, {}, { feed })), did }
}

test('an address of a calendar shows once, and no longer when one was revoked', async () => {
  const { feeds: texts } = t.account
  const { click, did, find, text } = await feeds(async () => ({ url: 'https://tasks.example/feed/secret' }))
  expect(text()).toContain(texts.address(3))
  await click(texts.create)
  expect([find('code').textContent, did]).toEqual(['https://tasks.example/feed/secret', ['list', 'create', 'list']])
  await click(texts.revokeOf(3))
  await click(`${t.shell.confirm}: ${texts.revokeOf(3)}`)
  expect(did.slice(3)).toEqual([{ feed_id: 3 }, 'list'])
  expect([text().includes('secret'), said]).toEqual([false, [texts.revoked]])
})

test('an address that could not be created is a problem, and can be tried again', async () => {
  const { feeds: texts, errors } = t.account
  const { click, find } = await feeds(() => Promise.reject(new TaskwireError('unreachable')))
  await click(texts.create)
  expect([find('[role=alert]').textContent, find<HTMLButtonElement>('button').disabled]).toEqual([
    errors.unreachable,
    false,
  ])
})

const consent = {
  id: 'c',
  clientId: 'https://app.example/client.json',
  scopes: ['tasks:read'],
  createdAt: '2026-03-02T12:00:00Z',
}

test('an app is disconnected after a question, and the list is read again', async () => {
  answers['/oauth2/get-consents'] = { data: [consent], error: null }
  const { click, find, text } = await shown(ConnectedApps, {})
  expect([find('code').textContent, find('.key strong').textContent]).toEqual([
    'https://tasks.example/mcp',
    'app.example',
  ])
  await click(keys.disconnectApp('app.example'))
  answers['/oauth2/get-consents'] = { data: [], error: null }
  await click(keys.confirmDisconnecting('app.example'))
  expect(asked).toContainEqual(['/oauth2/delete-consent', { id: 'c' }])
  expect([said, text().includes(keys.noApps)]).toEqual([[keys.disconnected('app.example')], true])
})

test('an app that could not be disconnected stays, and a list that cannot be read is not an empty one', async () => {
  answers = { '/oauth2/get-consents': { data: [consent], error: null }, '/oauth2/delete-consent': refused }
  const { click, find, text } = await shown(ConnectedApps, {})
  await click(keys.disconnectApp('app.example'))
  await click(keys.confirmDisconnecting('app.example'))
  expect([find('[role=alert]').textContent, said, text().includes('app.example')]).toEqual(['No', [], true])
  answers['/oauth2/get-consents'] = refused
  const broken = await shown(ConnectedApps, {})
  expect([broken.find('[role=alert]').textContent, broken.text().includes(keys.noApps)]).toEqual(['No', false])
})

function requested(search: string): ConnectRequest {
  const request = connectRequestOf({ hash: '#/connect', search: `?${search}` })
  if (request === undefined) throw new Error('it is a request')
  return request
}
const both = 'client_id=a&scope=tasks:read tasks:write&redirect_uri=https://app.example/cb'

/** What the user answers an app, by which of the choices and which button. */
async function decided(search: string, choose: (screen: Awaited<ReturnType<typeof shown>>) => Promise<void>) {
  answers['/oauth2/consent'] ??= { data: { url: 'https://app.example/cb?code=1' }, error: null }
  const screen = await shown(Consent, { request: requested(search), name: 'App', call: call as never })
  await choose(screen)
  return { ...screen, decision: asked.at(-1) }
}

test('an app is allowed what it asks for, or reading only, or nothing', async () => {
  const allowed = await decided(both, ({ submit }) => submit())
  expect(allowed.decision).toEqual([
    '/oauth2/consent',
    { accept: true, oauth_query: both, scope: 'tasks:read tasks:write' },
  ])
  expect([went, allowed.text()]).toEqual([['https://app.example/cb?code=1'], connect.done('App')])
  const reading = await decided(both, async ({ act, find, submit }) => {
    await act(() => find('[value=read]').click())
    await submit()
  })
  expect(reading.decision).toMatchObject(['/oauth2/consent', { accept: true, scope: 'tasks:read' }])
  const denied = await decided(both, ({ click }) => click(connect.deny))
  expect(denied.decision).toEqual(['/oauth2/consent', { accept: false, oauth_query: both }])
})

test('an app that asks for one thing gets that, without a choice', async () => {
  const search = 'client_id=a&scope=tasks:write&redirect_uri=https://app.example/cb'
  const { decision, text } = await decided(search, async ({ submit, text: shownText }) => {
    expect(shownText()).toContain(connect.mayWrite)
    expect(shownText()).toContain('app.example')
    await submit()
  })
  expect(decision).toMatchObject(['/oauth2/consent', { scope: 'tasks:write' }])
  expect(text()).toBe(connect.done('App'))
})

test('an answer that the server refuses leads nowhere, and can be given again', async () => {
  answers['/oauth2/consent'] = refused
  const { find } = await decided(both, ({ submit }) => submit())
  expect([went, find('[role=alert]').textContent]).toEqual([[], connect.expired])
  expect(find<HTMLButtonElement>('[type=submit]').disabled).toBe(false)
})

const session = { call } as never
const ada = { kind: 'signed_in', user: { id: 'ada', email: 'ada@example.org', name: 'Ada' } } as const

test('the page of an app names it and its user, who may sign in as somebody else', async () => {
  Object.assign(globalThis, { SOURCE_URL: '' })
  answers['/oauth2/public-client-prelogin'] = { data: { client_name: 'Planner' }, error: null }
  const { click, document, text } = await shown(ConnectPage, { request: requested(both), session, state: ada })
  expect([text().includes(connect.signedInAs('ada@example.org')), document.title]).toEqual([
    true,
    connect.pageTitle(connect.quoted('Planner')),
  ])
  await click(connect.otherAccount)
  expect(text()).toContain(connect.signInTo(connect.quoted('Planner')))
})

test('an app that wants its user to sign in again gets no consent before that', async () => {
  Object.assign(globalThis, { SOURCE_URL: '' })
  const request = requested(`${both}&prompt=login`)
  const { buttons } = await shown(ConnectPage, { request, session, state: ada })
  expect([buttons().includes(connect.allow), buttons().includes(startText.signIn)]).toEqual([false, true])
})

test.each([
  ['invalid_client', connect.unknownClient],
  ['client_document_unreachable', connect.unreachable],
  ['client_disabled', connect.disabled],
  ['invalid_redirect', connect.redirect],
  ['new_reason', connect.invalid('new_reason')],
])('a request that was refused as %s says why, and asks for nothing', async (error, reason) => {
  const request = requested(`error=${error}`)
  const { buttons, text } = await shown(ConnectPage, { request, session, state: ada })
  expect([text().includes(reason), buttons(), asked]).toEqual([true, [connect.open], []])
})
