import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openPage, type FakePage } from '@taskwire/offline/testing'
import { createSession, hasStoredUser, type Session } from './session.ts'

const ada = { id: 'ada', email: 'ada@example.org', name: 'Ada' }
const bob = { id: 'bob', email: 'bob@example.org', name: 'Bob' }

/** What the server answers: who is signed in there, and whether it can be reached. */
let signedIn: typeof ada | null = null
let isUp = true
let asked: string[] = []
/** Until then the server holds back who is signed in. */
let slow: Promise<void> | undefined

function tokenOf(sub: string | undefined): string {
  return ['header', Buffer.from(JSON.stringify({ sub })).toString('base64url'), 'signature'].join('.')
}

const server = createServer((request, response) => {
  const path = (request.url ?? '').replace('/api/auth', '')
  asked.push(path)
  if (!isUp) return void request.socket.destroy()
  if (path === '/sign-out') signedIn = null
  const session = signedIn && { user: signedIn, session: { id: 'session' } }
  if (path === '/sign-in/email') signedIn = ada
  const answers: Record<string, unknown> = {
    '/get-session': session,
    '/sign-in/email': { user: ada, token: 'opaque' },
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
