import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openPage, type FakePage } from '@taskwire/offline/testing'
import { startText } from '../texts/start_texts.ts'
import { storedWelcome } from '../welcome/welcome_mark.ts'
import { createSession, hasStoredUser, isSigningOut, problemOf, type Session } from './session.ts'

const ada = { id: 'ada', email: 'ada@example.org', name: 'Ada' }
const bob = { id: 'bob', email: 'bob@example.org', name: 'Bob' }

/** What the server answers: who is signed in there, and whether it can be reached. */
let signedIn: typeof ada | null = null
let isUp = true
let asked: string[] = []
/** What it refuses, by the path, and what it answers there instead. */
let refusals: Record<string, { status: number; body: object }> = {}
/** Until then the server holds back who is signed in. */
let slow: Promise<void> | undefined

function tokenOf(sub: string | undefined): string {
  return ['header', Buffer.from(JSON.stringify({ sub })).toString('base64url'), 'signature'].join('.')
}

const server = createServer((request, response) => {
  const path = (request.url ?? '').replace('/api/auth', '')
  asked.push(path)
  if (!isUp) return void request.socket.destroy()
  const refusal = refusals[path]
  if (refusal !== undefined) {
    response.writeHead(refusal.status, { 'content-type': 'application/json' })
    return void response.end(JSON.stringify(refusal.body))
  }
  if (path === '/sign-out') signedIn = null
  const session = signedIn && { user: signedIn, session: { id: 'session' } }
  if (path === '/sign-in/email') signedIn = ada
  const answers: Record<string, unknown> = {
    '/get-session': session,
    '/sign-in/email': { user: ada, token: 'opaque' },
    '/sign-up/email': { user: ada, token: 'opaque' },
    '/token': { token: tokenOf(signedIn?.id) },
  }
  const text = JSON.stringify(path in answers ? answers[path] : { success: true })
  response.setHeader('content-type', 'application/json')
  if (path === '/get-session' && slow !== undefined) void slow.then(() => response.end(text))
  else response.end(text)
})
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

let page: FakePage
beforeEach(() => {
  const address = server.address()
  page = openPage(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
  signedIn = null
  isUp = true
  asked = []
  refusals = {}
  slow = undefined
})

async function ready(session: Session): Promise<Session> {
  await expect.poll(() => session.state().kind).not.toBe('checking')
  return session
}

test('a session of the server is remembered in this browser, and signing out forgets it', async () => {
  signedIn = ada
  const session = await ready(createSession())
  expect(session.state()).toEqual({ kind: 'signed_in', user: ada })
  expect(hasStoredUser()).toBe(true)
  await session.signOut()
  expect(session.state()).toEqual({ kind: 'signed_out' })
  expect(hasStoredUser()).toBe(false)
  expect(page.storage.length).toBe(0)
})

test('without a network the remembered user is signed in, and nobody where none is remembered', async () => {
  signedIn = ada
  await ready(createSession())
  isUp = false
  expect((await ready(createSession())).state()).toEqual({ kind: 'signed_in', user: ada })
  page.storage.clear()
  expect((await ready(createSession())).state()).toEqual({ kind: 'signed_out' })
})

test('a session that ended on the server leaves the user remembered, as expired', async () => {
  signedIn = ada
  await ready(createSession())
  signedIn = null
  expect((await ready(createSession())).state()).toEqual({ kind: 'signed_out', isExpired: true })
  expect(hasStoredUser()).toBe(true)
})

test('a sign-out that the server did not hear of is repeated before anything else', async () => {
  signedIn = ada
  const session = await ready(createSession())
  isUp = false
  await session.signOut()
  expect(hasStoredUser()).toBe(false)
  isUp = true
  asked = []
  expect((await ready(createSession())).state()).toEqual({ kind: 'signed_out' })
  expect(asked).toEqual(['/sign-out'])
  expect(signedIn).toBeNull()
  expect(page.storage.length).toBe(0)
})

test('a sign-in that ends before the session check is answered is kept', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  slow = promise
  const session = createSession()
  const states: string[] = []
  session.subscribe(() => states.push(session.state().kind))
  await expect.poll(() => asked).toEqual(['/get-session'])
  expect(await session.signIn('ada@example.org', 'right horse')).toBeNull()
  slow = undefined
  resolve()
  // That answer arrives before the one to a later call.
  expect(await session.reload()).toEqual(ada)
  expect(states).toEqual(['signed_in'])
})

test('signing in as another user in another tab applies to this one', async () => {
  signedIn = ada
  const session = await ready(createSession())
  signedIn = bob
  page.dispatch('storage', { key: 'something.else' })
  page.dispatch('storage', { key: 'taskwire.user' })
  await expect.poll(session.state).toEqual({ kind: 'signed_in', user: bob })
  expect(asked).toEqual(['/get-session', '/get-session'])
})

test('a page that missed that another user has signed in gets no token of theirs, and learns of it', async () => {
  signedIn = ada
  const session = await ready(createSession())
  expect(await session.token('ada')).toBe(tokenOf('ada'))
  signedIn = bob
  await expect(session.token('ada')).rejects.toThrow()
  await expect.poll(() => session.state()).toEqual({ kind: 'signed_in', user: bob })
  expect(await session.token('bob')).toBe(tokenOf('bob'))
})

test('a token that the server refuses ends the session as expired, and one that it cannot give does not', async () => {
  signedIn = ada
  const session = await ready(createSession())
  refusals = { '/token': { status: 503, body: { message: 'Busy' } } }
  await expect(session.token('ada')).rejects.toThrow('Busy')
  expect(session.state().kind).toBe('signed_in')
  refusals = { '/token': { status: 401, body: { message: 'No session' } } }
  await expect(session.token('ada')).rejects.toThrow('No session')
  expect(session.state()).toEqual({ kind: 'signed_out', isExpired: true })
  expect(hasStoredUser()).toBe(true)
})

test('only a session that there is expires, and listeners hear of each change once, until they leave', async () => {
  const session = await ready(createSession())
  const heard: string[] = []
  const leave = session.subscribe(() => heard.push(session.state().kind))
  session.expire()
  expect(session.state()).toEqual({ kind: 'signed_out' })
  await session.signIn('ada@example.org', 'right horse')
  await session.reload()
  session.expire()
  expect(session.state()).toEqual({ kind: 'signed_out', isExpired: true })
  leave()
  await session.signIn('ada@example.org', 'right horse')
  expect(heard).toEqual(['signed_in', 'signed_out'])
})

test('a new account is welcomed, and one whose address is to be confirmed first is not signed in', async () => {
  const session = await ready(createSession())
  refusals = { '/sign-up/email': { status: 200, body: { user: ada, token: null } } }
  expect(await session.signUp('Ada', 'ada@example.org', 'right horse')).not.toBeNull()
  expect([session.state().kind, storedWelcome('ada'), hasStoredUser()]).toEqual(['signed_out', undefined, false])
  refusals = {}
  expect(await session.signUp('Ada', 'ada@example.org', 'right horse')).toBeNull()
  expect([session.state().kind, storedWelcome('ada')?.ids]).toEqual(['signed_in', null])
})

test('a sign-out that the server refuses is repeated by the next start, and a sign-in ends that', async () => {
  signedIn = ada
  const session = await ready(createSession())
  refusals = { '/sign-out': { status: 503, body: {} } }
  await session.signOut()
  expect([session.state().kind, isSigningOut()]).toEqual(['signed_out', true])
  await session.signIn('ada@example.org', 'right horse')
  expect(isSigningOut()).toBe(false)
})

test('a name that was changed is told and remembered, and without a session nothing is', async () => {
  signedIn = ada
  const session = await ready(createSession())
  signedIn = { ...ada, name: 'Ada L.' }
  expect(await session.reload()).toMatchObject({ name: 'Ada L.' })
  expect(session.state()).toMatchObject({ user: { name: 'Ada L.' } })
  expect(localStorage.getItem('taskwire.user')).toContain('Ada L.')
  isUp = false
  expect(await session.reload()).toBeUndefined()
  expect(session.state().kind).toBe('signed_in')
})

test('a user that this browser stored otherwise is nobody', async () => {
  isUp = false
  page.storage.setItem('taskwire.user', '{"id":"ada"}')
  expect((await ready(createSession())).state()).toEqual({ kind: 'signed_out' })
})

const { problems } = startText

test.each([
  [{ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' }, problems.incorrect],
  [{ status: 422, code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL' }, problems.exists],
  [{ status: 400, code: 'INVALID_PASSWORD' }, problems.wrongPassword],
  [{ status: 400, code: 'INVALID_TOKEN' }, problems.linkSpent],
  [{ status: 403, code: 'EMAIL_NOT_VERIFIED' }, problems.notVerified],
  [{ status: 400, code: 'INVALID_EMAIL' }, problems.email],
  [{ status: 400, code: 'PASSWORD_TOO_SHORT' }, problems.passwordShort],
  [{ status: 400, code: 'PASSWORD_TOO_LONG' }, problems.passwordLong],
  [{ status: 429, message: 'Rate limit' }, problems.tooMany],
  [{ status: 0 }, problems.unreachable],
  [{ status: 500, message: 'Internal' }, problems.unreachable],
  [{ status: 400, message: 'Something of its own' }, 'Something of its own'],
  [{ status: 400 }, problems.unknown],
])('%j is told in a sentence', async (failure, sentence) => {
  expect(await problemOf(Promise.resolve({ error: failure }))).toBe(sentence)
})

test('what was accepted is no problem, and what did not arrive is', async () => {
  expect(await problemOf(Promise.resolve({ error: null }))).toBeNull()
  expect(await problemOf(Promise.reject(new TypeError('Failed to fetch')))).toBe(problems.unreachable)
})
