import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ServerResponse } from 'node:http'
import { checkedLookup } from '@taskwire/api/lookup'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { oauthClient, REDIRECT, type TokenAnswer } from '../../../testing/oauth_client.ts'
import { signInServer } from '../../../testing/sign_in_server.ts'
import { tlsServer, type TlsServer } from '../../../testing/tls_server.ts'
import { documentFetch } from './document_fetch.ts'

// A public name, which begins like an address of this machine for the guard that keeps tests off the network.
const HOST = '127.client.example'
const onThisMachine = checkedLookup(true, async () => ['127.0.0.1'])

// However slow this machine is.
const patient = { lookup: onThisMachine, timeoutMs: 600_000 }

let server: TlsServer
let url: string
let before: number
beforeAll(async () => {
  server = await tlsServer(HOST)
  url = `https://${HOST}:${server.port}/client.json`
})
afterAll(() => server.close())
beforeEach(() => {
  before = server.received.length
})
afterEach(() => expect.poll(() => server.connections().open, { message: 'no connection stays open' }).toBe(0))

const fetched = (options: Parameters<typeof documentFetch>[0] = {}, at = url) =>
  Promise.resolve(documentFetch({ ...patient, ca: server.cert, ...options })(at))

test('a client whose document is at a public name connects', async () => {
  const fetchClientDocument = documentFetch({ ...patient, ca: server.cert })
  const app = await signInServer({ fetchClientDocument })
  onTestFinished(() => app.close())
  const document = JSON.stringify({ client_id: url, client_name: 'Documented', redirect_uris: [REDIRECT] })
  server.answer = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(document)
  const { session } = await app.newUser()
  const client = oauthClient(app)
  const back = await client.granted(session, { client_id: url })
  const answer = await client.exchange(String(back.searchParams.get('code')), { client_id: url })
  expect(answer.json<TokenAnswer>()).toMatchObject({ token_type: 'Bearer' })
})

test('what the caller asks with is sent, and the headers of the answer are returned', async () => {
  server.answer = (response) => {
    response.setHeader('cache-control', ['no-cache', 'max-age=0'])
    response.writeHead(200, { 'content-type': 'application/json', etag: '"2"' }).end('{"name":"Käse"}')
  }
  const ask = documentFetch({ ...patient, ca: server.cert })
  const response = await ask(url, { headers: { accept: 'application/json', 'if-none-match': '"1"' } })
  expect([response.status, await response.json()]).toEqual([200, { name: 'Käse' }])
  const { 'cache-control': cacheControl, etag } = Object.fromEntries(response.headers)
  expect([cacheControl, etag]).toEqual(['no-cache, max-age=0', '"2"'])
  expect(server.received[before]).toMatchObject({
    method: 'GET',
    url: '/client.json',
    headers: { host: `${HOST}:${server.port}`, accept: 'application/json', 'if-none-match': '"1"' },
  })
})

test.each([301, 302, 304, 307, 404, 500])(
  'of an answer with status %d no body is read, and no redirect followed',
  async (status) => {
    server.answer = (response) => {
      response.writeHead(status, { location: `${url}/2` }).flushHeaders()
      if (status !== 304) response.write('more follows')
    }
    const response = await fetched()
    expect([response.status, response.redirected, await response.text()]).toEqual([status, false, ''])
    expect(server.received.length).toBe(before + 1)
  },
)

test('a body of more than 64 KiB is not read to its end', async () => {
  server.answer = (response) => {
    const more = () => void response.write(Buffer.alloc(16 * 1024, ' '), (error) => error ?? more())
    more()
  }
  await expect(fetched()).rejects.toThrow('The document is too large')
})

test('a server that does not answer in time is given up', async () => {
  server.answer = () => {}
  await expect(fetched({ timeoutMs: 50 })).rejects.toThrow('aborted')
})

test('a name that is not resolved in time is given up', async () => {
  await expect(fetched({ timeoutMs: 50, lookup: () => {} })).rejects.toThrow('aborted')
})

test('a body that never ends is given up as well', async () => {
  server.answer = (response) => void response.writeHead(200).write('{')
  const stopping = new AbortController()
  // Only once the response has begun here.
  const abort = () => void setImmediate(() => stopping.abort())
  subscribe('http.client.response.finish', abort)
  onTestFinished(() => void unsubscribe('http.client.response.finish', abort))
  const ask = documentFetch({ ...patient, ca: server.cert })
  await expect(ask(url, { signal: stopping.signal })).rejects.toThrow('aborted')
})

test.each([
  [
    'that ends in the middle',
    (response: ServerResponse) => void response.writeHead(200, { 'content-length': 9 }).write('{'),
  ],
  [
    'that offers another protocol',
    (response: ServerResponse) => response.writeHead(101, { connection: 'upgrade', upgrade: 'echo' }).flushHeaders(),
  ],
  ['that is none', () => {}],
])('a connection with an answer %s fails when it is closed', async (_, answer) => {
  server.answer = (response) => {
    answer(response)
    response.socket?.end()
  }
  await expect(fetched()).rejects.toThrow()
})

test.each(['127.0.0.1', '10.0.0.1', '192.168.0.1', '169.254.169.254', '::1', 'fc00::1', '::ffff:127.0.0.1'])(
  'a name that resolves to %s, alone or beside a public address, is not connected to',
  async (address) => {
    const { made } = server.connections()
    for (const addresses of [[address], ['93.184.216.34', address]]) {
      const lookup = checkedLookup(false, async () => addresses)
      await expect(fetched({ lookup })).rejects.toThrow('The address is not allowed')
    }
    expect(server.connections().made).toBe(made)
  },
)

test.each(['https://127.0.0.1', 'https://[::1]', 'https://2130706433', 'https://localhost', `http://${HOST}`])(
  '%s is refused without a lookup',
  async (origin) => {
    const { made } = server.connections()
    await expect(fetched({}, `${origin}:${server.port}/`)).rejects.toThrow('The address is not allowed')
    expect(server.connections().made).toBe(made)
  },
)

test('a certificate that is of another name, or not trusted, is refused', async () => {
  await expect(fetched({}, url.replace(HOST, '127.other.example'))).rejects.toThrow('Host: 127.other.example. is not')
  await expect(fetched({ ca: undefined })).rejects.toThrow('self-signed')
  expect(server.received.length).toBe(before)
})
