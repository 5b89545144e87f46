import { once } from 'node:events'
import { connect, Server as NetServer } from 'node:net'
import { apiErrors } from '@taskwire/api'
import { newUser, signedToken } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasksOf, testServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
let port: number
beforeAll(async () => {
  server = await testServer({ CORS_ORIGINS: 'https://app.example.com,http://localhost:3000' })
  port = Number(new URL(await server.listen()).port)
})
afterAll(() => server.close())

/** The server's response to these bytes, until it closes the connection. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.on('end', () => resolve(text)).on('error', reject)
  })
}

describe('without a token', () => {
  test('readiness ends when the server begins to stop, and health does not', async () => {
    expect(await server.send('GET', '/health')).toMatchObject({
      status: 200,
      text: '{"status":"healthy","service":"todo-backend"}',
    })
    expect(await server.send('GET', '/health/ready')).toMatchObject({ status: 200, text: '{"status":"ready"}' })
    server.app.stopping = true
    expect(await server.send('GET', '/health/ready')).toMatchObject({
      status: 503,
      text: '{"status":"unavailable"}',
    })
    // Its client would open another connection, which the end of the server could reset.
    const { status, headers } = await server.send('GET', '/health')
    expect([status, headers['connection']]).toEqual([200, 'keep-alive'])
    server.app.stopping = false
  })

  test('a server that accepts no more connections closes each after its response', async () => {
    const stopping = await testServer()
    await stopping.listen()
    stopping.app.stopping = true
    const closed = once(NetServer.prototype.close.call(stopping.app.server), 'close')
    expect(await stopping.send('GET', '/health')).toMatchObject({ status: 200, headers: { connection: 'close' } })
    await closed
    await stopping.close()
  })

  test('requests that arrive in a pause are answered after it', async () => {
    const paused: (() => void)[] = (server.app.paused = [])
    let answered = false
    const answer = server.send('GET', '/health').finally(() => (answered = true))
    await expect.poll(() => paused).toHaveLength(1)
    expect(answered).toBe(false)
    server.app.paused = undefined
    for (const proceed of paused) proceed()
    expect(await answer).toMatchObject({ status: 200 })
  })

  test('only / itself serves the page', async () => {
    expect(await server.send('GET', '/')).toMatchObject({
      status: 200,
      headers: { 'content-type': expect.stringContaining('text/html') },
    })
    expect(await server.send('GET', '/tasks')).toMatchObject({ status: 404 })
  })

  test('the documentation loads nothing from elsewhere and runs no inline script', async () => {
    const page = await server.send('GET', '/docs')
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': expect.stringContaining('text/html') } })
    expect(page.text).not.toMatch(/https?:\/\//)
    expect(page.text).not.toMatch(/<script>|<script(?![^>]*src=)|\son\w+=/)
    expect(page.headers['content-security-policy']).toMatch(/default-src 'self'/)
    expect(page.headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe/)
    const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path)
    expect(assets).toHaveLength(7)
    for (const path of assets) expect(await server.send('GET', path), path).toMatchObject({ status: 200 })
    expect(await server.send('GET', '/docs/')).toMatchObject({ status: 200 })
    for (const path of ['package.json', 'swagger-ui.js.map', '..%2fpackage.json', 'nothing.js']) {
      expect(await server.send('GET', `/docs/assets/${path}`), path).toMatchObject({ json: { code: 'not_found' } })
    }
  })
})

test.each([
  ['range', 'bytes=99999999-'],
  ['if-match', '"1"'],
  ['if-unmodified-since', 'Tue, 01 Jan 2019 00:00:00 GMT'],
])('a request for a file with %s: %s gets the whole file', async (name, value) => {
  for (const path of ['/', '/docs/assets/swagger-ui.css']) {
    expect(await server.send('GET', path, { headers: { [name]: value } }), path).toMatchObject({ status: 200 })
  }
})

describe('errors of one shape', () => {
  const large = `Bearer ${'x'.repeat(9000)}`
  test.each([
    ['GET', '/nope', {}, 404, 'not_found', 'Not Found'],
    ['GET', '/api', {}, 404, 'not_found', 'Not Found'],
    ['POST', '/nope', { headers: { 'content-type': 'application/json' }, body: '{bad' }, 404, 'not_found', 'Not Found'],
    ['GET', `/api/alice/${'x'.repeat(5000)}`, {}, 404, 'not_found', 'Not Found'],
    ['POST', '/api/alice/tasks/1', {}, 405, 'method_not_allowed', 'Method Not Allowed'],
    ['DELETE', '/api/alice/tasks', {}, 405, 'method_not_allowed', 'Method Not Allowed'],
    ['GET', '/api/alice/tasks/1/complete', {}, 405, 'method_not_allowed', 'Method Not Allowed'],
    ['POST', '/health', {}, 405, 'method_not_allowed', 'Method Not Allowed'],
    ['PUT', '/trpc/task.list', {}, 405, 'method_not_allowed', 'Method Not Allowed'],
    ['PROPFIND', '/api/alice/tasks', {}, 405, 'method_not_allowed', 'Method Not Allowed'],
    ['GET', '/api/alice/tasks', {}, 401, 'not_authenticated', 'Not authenticated'],
    [
      'GET',
      '/api/alice/tasks',
      { headers: { authorization: 'Basic YTpi' } },
      401,
      'not_authenticated',
      'Not authenticated',
    ],
    ['GET', '/api/alice/tasks', { headers: { authorization: 'Bearer x' } }, 401, 'token_malformed', 'Invalid token'],
    ['GET', '/api/alice/tasks', { headers: { authorization: large } }, 401, 'token_malformed', 'Invalid token'],
  ] as const)('%s %s %j', async (method, path, sent, status, code, detail) => {
    const answer = await server.send(method, path, sent)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ detail, code, request_id: answer.headers['x-request-id'] })
    expect(Object.keys(apiErrors)).toContain(code)
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined)
    expect(answer.headers['allow'] === undefined).toBe(status !== 405)
  })

  test('405 names the allowed methods', async () => {
    const { headers } = await server.send('POST', '/api/alice/tasks/1/')
    expect(headers['allow']).toBe('DELETE, GET, HEAD, OPTIONS, PATCH, PUT')
  })

  test.each(['/docs/assets/../../package.json', '/docs/assets/%2e%2e/%2e%2e/package.json', '/../package.json'])(
    'the path %s leads nowhere',
    async (path) => {
      // Not by fetch or inject, which would resolve the dots.
      const answer = await exchange(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
      expect(answer).toMatch(/^HTTP\/1\.1 404 /)
      expect(bodyOf(answer)).toMatchObject({ detail: 'Not Found', code: 'not_found' })
    },
  )

  test('a request without a host is 400 in HTTP/1.1, and accepted in HTTP/1.0', async () => {
    const answer = await exchange('GET /health HTTP/1.1\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('"code":"validation_failed","request_id":')
    expect(await exchange('GET /health HTTP/1.0\r\n\r\n')).toContain('{"status":"healthy"')
  })

  test('an unknown Expect header is ignored', async () => {
    const answer = await exchange('GET /health HTTP/1.1\r\nHost: x\r\nExpect: more\r\nConnection: close\r\n\r\n')
    expect(answer).toContain('{"status":"healthy"')
  })

  test('headers of more than 16 KB are 431', async () => {
    const answer = await exchange(`GET /health HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(17_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect(bodyOf(answer)).toEqual({
      detail: apiErrors.headers_too_large.detail,
      code: 'headers_too_large',
      request_id: expect.any(String),
    })
  })

  test('bytes that are not HTTP are 400', async () => {
    const answer = await exchange('HELLO\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(bodyOf(answer)).toMatchObject({ detail: [{ loc: ['request'] }], code: 'validation_failed' })
  })

  test('a request that looks like the preface of HTTP/2 is 404, with the headers of every response', async () => {
    const answer = await exchange('PRI *HTTP/2.0\r\nhost: x\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).toMatch(/\r\nx-request-id: \S+\r\n/)
    expect(bodyOf(answer)).toMatchObject({ detail: 'Not Found', code: 'not_found' })
  })

  test('a chunked body over the size limit is 413', async () => {
    const chunk = 'x'.repeat(70_000)
    const head = `POST /api/alice/tasks HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`
    const answer = await exchange(`${head}${chunk.length.toString(16)}\r\n${chunk}\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(bodyOf(answer)).toMatchObject({ code: 'payload_too_large' })
  })

  function bodyOf(answer: string): unknown {
    return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))
  }
})

describe('other origins', () => {
  const preflight = (origin: string) =>
    server.send('OPTIONS', tasksOf('alice'), {
      headers: {
        origin,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,content-type,if-match,idempotency-key',
      },
    })

  test('pages of CORS_ORIGINS may call with every method and read the exposed headers', async () => {
    const { status, headers } = await preflight('https://app.example.com')
    expect(status).toBe(204)
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'authorization,content-type,if-match,idempotency-key',
    })
    const methods = String(headers['access-control-allow-methods']).split(', ')
    expect(methods).toEqual(expect.arrayContaining(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']))
    const answer = await server.as('alice')('GET', tasksOf('alice'), { headers: { origin: 'http://localhost:3000' } })
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'access-control-allow-origin': 'http://localhost:3000',
        'access-control-expose-headers': 'ETag, Link, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id',
        vary: 'origin',
      },
    })
  })

  test('pages of CORS_ORIGINS may also read errors, however early the server rejects the request', async () => {
    const headers = { origin: 'https://app.example.com' }
    for (const path of [tasksOf('alice'), '/nope', '/api/%zz/tasks', '/trpc/task.list']) {
      const answer = await server.send('GET', path, { headers })
      expect(answer.headers['access-control-allow-origin'], path).toBe('https://app.example.com')
    }
  })

  test.each(['https://evil.example.com', 'https://app.example.com.evil.com', 'http://app.example.com', 'null'])(
    'pages of %s may not call',
    async (origin) => {
      for (const answer of [await preflight(origin), await server.send('GET', '/health', { headers: { origin } })]) {
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
      }
    },
  )

  test('OPTIONS without a preflight names the methods that a path allows', async () => {
    expect(await server.send('OPTIONS', tasksOf('alice'))).toMatchObject({
      status: 204,
      headers: { allow: 'GET, HEAD, OPTIONS, POST' },
    })
    expect(await server.send('OPTIONS', '/nope')).toMatchObject({ status: 404 })
  })
})

describe('request ids and logs', () => {
  test("a caller's well-formed request id is kept, any other replaced", async () => {
    const id = 'caller-1.2:3_4'
    const kept = await server.send('GET', '/nope', { headers: { 'x-request-id': id } })
    expect(kept).toMatchObject({ headers: { 'x-request-id': id }, json: { request_id: id } })
    for (const bad of ['a b', 'x'.repeat(101), '<script>', '']) {
      const { json } = await server.send('GET', '/nope', { headers: { 'x-request-id': bad } })
      expect(json.request_id).toMatch(/^[\w-]{12}-[0-9a-z]+$/)
    }
  })

  test('the log has one line per response and contains no token, no task text and no query', async () => {
    const user = newUser()
    const token = await signedToken({ sub: user })
    server.lines.length = 0
    const headers = { authorization: `Bearer ${token}` }
    const body = { title: 'the title', description: 'the description' }
    await server.send('POST', tasksOf(user), { headers, body })
    await server.send('GET', `${tasksOf(user)}?search=the+search&token=${token}`, { headers })
    await server.send('POST', tasksOf(user), { headers, body: { title: 'the title', more: 1 } })
    await server.send('GET', `/nope/${token}`, { headers })
    await server.send('POST', '/trpc/task.create', { headers, body: { title: 'the title', wrong: 1 } })
    await server.send('GET', '/health')
    expect(server.lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'info', method: 'POST', route: '/api/:user_id/tasks', status: 201, request_id: expect.any(String) },
      { route: '/api/:user_id/tasks', status: 200, ms: expect.any(Number) },
      { status: 422 },
      { route: null, status: 404 },
      { route: '/trpc/:path', status: 400 },
    ])
    for (const secret of [token, 'the title', 'the description', 'the search', 'search']) {
      expect(server.lines.join('')).not.toContain(secret)
    }
  })

  test('every response has the security headers', async () => {
    const paths = ['/', '/docs', '/health', '/favicon.svg', '/mcp', '/openapi.json', '/api/auth/ok']
    const ofApi = [tasksOf('alice'), '/nope', '/api/%zz/tasks', '/trpc/task.list']
    const requests = [...paths, ...ofApi].flatMap((path) =>
      (['GET', 'POST', 'OPTIONS'] as const).map((method) => [method, path] as const),
    )
    for (const [method, path] of requests) {
      const { headers } = await server.send(method, path)
      expect(headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
        'x-request-id': expect.any(String),
      })
      const isData = path.startsWith('/api/') || path.startsWith('/trpc/')
      if (!isData) expect(headers, path).toMatchObject({ 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer' })
      expect(headers['server'] ?? headers['x-powered-by']).toBeUndefined()
    }
  })
})
