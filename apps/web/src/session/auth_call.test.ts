import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { authCall } from './auth_call.ts'

/** Undefined: it does not answer. */
let answer: { status: number; body: string } | undefined
let asked: unknown[]

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    asked.push([request.method, request.url, request.headers['content-type'], Buffer.concat(chunks).toString()])
    if (answer !== undefined) response.writeHead(answer.status).end(answer.body)
  })
})
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})
beforeEach(() => {
  const address = server.address()
  openPage(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`)
  answer = { status: 200, body: '{"token":"one"}' }
  asked = []
})

test('a call with a body posts it as JSON, and one without gets', async () => {
  expect(await authCall('/token')).toEqual({ data: { token: 'one' }, error: null })
  expect(await authCall('/sign-out', {})).toEqual({ data: { token: 'one' }, error: null })
  expect(asked).toEqual([
    ['GET', '/api/auth/token', undefined, ''],
    ['POST', '/api/auth/sign-out', 'application/json', '{}'],
  ])
})

test.each(['', 'null'])('a successful answer of %j has no data and no error', async (body) => {
  answer = { status: 200, body }
  expect(await authCall('/get-session')).toEqual({ data: null, error: null })
})

test('a refusal has its status, its code and its message', async () => {
  answer = { status: 401, body: '{"code":"INVALID_TOKEN","message":"No such token","status":7}' }
  const error = { status: 401, code: 'INVALID_TOKEN', message: 'No such token' }
  expect(await authCall('/token')).toEqual({ data: null, error })
})

test.each(['<h1>Bad gateway</h1>', '', '"down"', '{"message":{"text":"down"}}'])(
  'a refusal of %j, which this server did not write, has its status only',
  async (body) => {
    answer = { status: 502, body }
    expect(await authCall('/token')).toEqual({ data: null, error: { status: 502 } })
  },
)

test('a read without an answer is given up after 10 s, and a write is not: it may have arrived', async () => {
  const late = new AbortController()
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal)
  onTestFinished(() => timeout.mockRestore())
  answer = undefined
  const failed = expect(authCall('/token')).rejects.toMatchObject({ name: 'TimeoutError' })
  const posted = expect(authCall('/sign-out', {})).rejects.toThrow(TypeError)
  await expect.poll(() => asked).toHaveLength(2)
  late.abort(new DOMException('late', 'TimeoutError'))
  await failed
  expect(timeout.mock.calls).toEqual([[10_000]])
  server.closeAllConnections()
  await posted
})

test('an answer that is not of this server rejects, as where none arrives', async () => {
  answer = { status: 200, body: '<h1>Sign in to this network</h1>' }
  await expect(authCall('/get-session')).rejects.toThrow(SyntaxError)
  server.closeAllConnections()
  openPage('http://127.0.0.1:9')
  await expect(authCall('/get-session')).rejects.toThrow(TypeError)
})
