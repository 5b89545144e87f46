import { expect, test } from 'vitest'
import { ApiKeys } from '../keys/api_keys.ts'
import { mcpSnippet } from '../keys/mcp_snippet.ts'
import type { AuthCall } from '../session/auth_call.ts'
import { startText } from '../texts/start_texts.ts'
import { Grants, shownName } from './grants.ts'
import { canOnlyRead, connectRequestOf, grantedScopes } from './request.ts'

type ServerAnswer = { data: unknown; error: { status?: number; message?: string } | null }

/** Calls of the sign-in routes, whose server answers by path, and what it was asked. */
function callOf(answer: (path: string) => ServerAnswer) {
  const asked: unknown[] = []
  const call = async (path: string, body?: object) => {
    asked.push(body === undefined ? [path] : [path, body])
    return answer(path)
  }
  return { call: call as AuthCall, asked }
}

const ok = (data: unknown): ServerAnswer => ({ data, error: null })
const refusal = (status: number, message?: string): ServerAnswer => ({
  data: null,
  error: { status, ...(message && { message }) },
})

test('keys are listed with what they may do and how long', async () => {
  const apiKeys = [
    { id: '1', name: 'Desk', start: 'tw_a', configId: 'write', expiresAt: '2026-03-02T00:00:00Z' },
    { id: '2', name: null, start: null, configId: 'read', expiresAt: null },
    { id: '3', name: 'Other', start: 'tw_b', configId: 'unknown', expiresAt: null },
  ]
  const { keys, problem } = await ApiKeys.list(callOf(() => ok({ apiKeys })).call)
  expect(problem).toBeNull()
  expect(keys.map(({ scope, start, expires_at }) => [scope, start, expires_at])).toEqual([
    ['write', 'tw_a', '2026-03-02T00:00:00.000Z'],
    ['read', '', null],
    ['read', 'tw_b', null],
  ])
  expect(keys[1]?.name).not.toBe('')
})

test('a key is created for days, which the server counts in seconds, and revoked by its id', async () => {
  const { call, asked } = callOf((path) => ok(path === '/api-key/create' ? { key: 'tw_secret' } : {}))
  expect(await ApiKeys.create(call, { name: 'Desk', scope: 'write', days: 30 })).toEqual({
    key: 'tw_secret',
    problem: null,
  })
  const key = { id: '1', name: 'Desk', start: '', scope: 'write', expires_at: null } as const
  expect(await ApiKeys.revoke(call, key)).toBeNull()
  expect(asked).toEqual([
    ['/api-key/create', { name: 'Desk', configId: 'write', expiresIn: 2_592_000 }],
    ['/api-key/delete', { keyId: '1', configId: 'write' }],
  ])
})

test('what the server refuses is told in its words', async () => {
  const { call } = callOf(() => refusal(400, 'Too many keys'))
  const problem = 'Too many keys'
  expect(await ApiKeys.list(call)).toEqual({ keys: [], problem })
  expect(await ApiKeys.create(call, { name: 'Desk', scope: 'read', days: 1 })).toEqual({ key: null, problem })
  expect(await ApiKeys.revoke(call, { id: '1', name: '', start: '', scope: 'read', expires_at: null })).toBe(problem)
  expect(await Grants.list(call)).toEqual({ apps: [], problem })
  expect(await Grants.disconnect(call, { id: 'c', name: '', access: 'read', connected_at: '' })).toBe(problem)
})

test('a decision leads back to the app, and says why it cannot', async () => {
  const decision = { accept: true, oauth_query: 'client_id=a&sig=b', scope: 'tasks:read' }
  const { call, asked } = callOf(() => ok({ url: 'https://app.example/cb?code=1' }))
  expect(await Grants.decide(call, decision)).toEqual({ url: 'https://app.example/cb?code=1', problem: null })
  expect(asked).toEqual([['/oauth2/consent', decision]])
  const { expired } = startText.connect
  expect(await Grants.decide(callOf(() => refusal(400)).call, decision)).toEqual({ url: null, problem: expired })
  const { unreachable } = startText.problems
  expect(await Grants.decide(callOf(() => refusal(500)).call, decision)).toEqual({ url: null, problem: unreachable })
})

test('connected apps are named by themselves, else by their address, and can write if they were allowed to', async () => {
  const consent = (id: string, clientId: string, ...scopes: string[]) => ({ id, clientId, scopes, createdAt: 'then' })
  const consents = [
    consent('1', 'one', 'tasks:read', 'tasks:write'),
    consent('2', 'https://two.example/client.json', 'tasks:read'),
    consent('3', 'three'),
  ]
  const { call, asked } = callOf((path) => {
    if (path === '/oauth2/get-consents') return ok(consents)
    if (path === '/oauth2/delete-consent') return ok({})
    return path === '/oauth2/public-client?client_id=one' ? ok({ client_name: 'One' }) : refusal(404)
  })
  const { apps } = await Grants.list(call)
  expect(apps.map(({ id, name, access }) => [id, name, access])).toEqual([
    ['1', 'One', 'write'],
    ['2', 'two.example', 'read'],
    ['3', startText.connect.unnamed, 'read'],
  ])
  expect(await Grants.disconnect(call, { id: '1', name: '', access: 'read', connected_at: '' })).toBeNull()
  expect(asked.at(-1)).toEqual(['/oauth2/delete-consent', { id: '1' }])
})

test('the app that asks is named by what the server knows of it', async () => {
  const { call, asked } = callOf(() => ok({ client_name: ' My\u202Eapp ' }))
  expect(await Grants.askingApp(call, 'one', 'client_id=one')).toBe('My app')
  expect(asked).toEqual([['/oauth2/public-client-prelogin', { client_id: 'one', oauth_query: 'client_id=one' }]])
  expect(await Grants.askingApp(callOf(() => refusal(404)).call, 'one', '')).toBeUndefined()
})

test('a name that an app gave itself is cut after 60 characters, and none if nothing of it shows', () => {
  expect(shownName('x'.repeat(60))).toBe('x'.repeat(60))
  expect(shownName('x'.repeat(61))).toBe(`${'x'.repeat(60)}…`)
  expect(shownName('\u200B \u202E')).toBeUndefined()
  expect(shownName(undefined)).toBeUndefined()
})

const requested = (search: string) => connectRequestOf({ hash: '#/connect', search })

test('a request says what the app may do, whether it stays, and where the answer goes', () => {
  const asked = requested(
    '?client_id=a&scope=tasks:read tasks:write offline_access&prompt=login consent&redirect_uri=https://app.example/cb',
  )
  expect(asked).toMatchObject({
    client_id: 'a',
    destination: 'app.example',
    writes: true,
    stays: true,
    asksForSignIn: true,
  })
  expect(asked).not.toHaveProperty('error')
  expect(requested('?client_id=a&scope=tasks:read&redirect_uri=http://127.0.0.1:80/cb')).toMatchObject({
    destination: startText.connect.thisComputer,
    writes: false,
    stays: false,
    asksForSignIn: false,
  })
  for (const host of ['localhost', '[::1]']) {
    expect(requested(`?redirect_uri=http://${host}:9/cb`)?.destination).toBe(startText.connect.thisComputer)
  }
  // A host that only begins like this computer's is another.
  expect(requested('?redirect_uri=https://localhost.example/cb')?.destination).toBe('localhost.example')
  expect(requested('?redirect_uri=nonsense')?.destination).toBe(startText.connect.unknownAddress)
  expect(requested('?redirect_uri=cursor://cb')?.destination).toBe(startText.connect.opensLinks('cursor:'))
})

test('a request without an app is invalid, and one that the server has refused says why', () => {
  expect(requested('')?.error).toBe('invalid_request')
  expect(requested('?error=access_denied&client_id=a')?.error).toBe('access_denied')
  expect(connectRequestOf({ hash: '#/today', search: '?client_id=a' })).toBeUndefined()
})

test('the user grants what the app asked for, without writing if they leave it out, and nothing more', () => {
  const both = requested('?client_id=a&scope=tasks:read tasks:write offline_access')
  const writing = requested('?client_id=a&scope=tasks:write')
  if (both === undefined || writing === undefined) throw new Error('both are requests')
  expect(grantedScopes(both, true)).toBe('tasks:read tasks:write offline_access')
  expect(grantedScopes(both, false)).toBe('tasks:read offline_access')
  expect(grantedScopes(writing, false)).toBe('')
  expect([canOnlyRead(both), canOnlyRead(writing)]).toEqual([true, false])
})

test('the configuration of an MCP client has the address and the key in a header', () => {
  expect(JSON.parse(mcpSnippet('https://tasks.example', 'tw_a'))).toEqual({
    mcpServers: {
      taskwire: { type: 'http', url: 'https://tasks.example/mcp', headers: { Authorization: 'Bearer tw_a' } },
    },
  })
})
