import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const BASE = '/docs/guide'

/** The address of a script or style sheet that the first page names. */
async function assetOf(extension: string): Promise<string> {
  const { text } = await server.send('GET', BASE)
  return new RegExp(` (?:href|src)="([^"]*\\.${extension})"`).exec(text)?.[1] ?? ''
}

test.each(['', '/', '/start/rest', '/start/rest/', '/reference/errors', '/decisions/004-change-log'])(
  'the guide has a page at "%s", under a policy without inline scripts',
  async (path) => {
    const { status, headers, text } = await server.send('GET', `${BASE}${path}`)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['cache-control']).toBe('no-cache')
    expect(headers['content-security-policy']).toContain("default-src 'self'")
    expect(text).not.toMatch(/<script>/)
  },
)

test('a page is not sent again while it is the same', async () => {
  const { headers } = await server.send('GET', BASE)
  const etag = String(headers['etag'])
  expect(etag).toMatch(/^W\/"/)
  for (const known of [etag, `"x", ${etag.slice(2)}`, '*']) {
    const again = await server.send('GET', BASE, { headers: { 'if-none-match': known } })
    expect(again).toMatchObject({ status: 304, text: '' })
  }
  expect(await server.send('GET', BASE, { headers: { 'if-none-match': '"x"' } })).toMatchObject({ status: 200 })
})

test('styles and scripts are kept for ever, under names that change with them', async () => {
  for (const [extension, type] of [
    ['css', 'text/css; charset=utf-8'],
    ['js', 'text/javascript; charset=utf-8'],
  ] as const) {
    const address = await assetOf(extension)
    expect(address).toMatch(/-[0-9a-f]{12}\.\w+$/)
    const { status, headers } = await server.send('GET', address)
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' })
  }
})

test('the search loads from here alone', async () => {
  const { text } = await server.send('GET', await assetOf('js'))
  const engine = /from '(\/docs\/guide\/assets\/minisearch-[0-9a-f]+\.js)'/.exec(text)?.[1] ?? ''
  expect(await server.send('GET', engine)).toMatchObject({ status: 200 })
  expect((await server.send('GET', `${BASE}/passages.json`)).json.length).toBeGreaterThan(300)
})

test('a page is compressed for those that accept it', async () => {
  const { text: whole } = await server.send('GET', BASE)
  const headers = { 'accept-encoding': 'gzip, br' }
  const response = await server.app.inject({ url: BASE, headers })
  expect(response.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'origin, accept-encoding' })
  expect(gunzipSync(response.rawPayload).toString()).toBe(whole)
  for (const refusal of ['gzip;q=0', 'br, gzip ; q=0']) {
    const refused = await server.app.inject({ url: BASE, headers: { 'accept-encoding': refusal } })
    expect(refused.headers['content-encoding'], refusal).toBeUndefined()
  }
})

test('unknown pages and other methods are answered like everywhere else', async () => {
  for (const path of ['/nothing', '/files/package.json', '/files/../package.json', '/%2e%2e/package.json', '/start']) {
    expect(await server.send('GET', `${BASE}${path}`), path).toMatchObject({ status: 404, json: { code: 'not_found' } })
  }
  expect(await server.send('POST', `${BASE}/start/rest`)).toMatchObject({ status: 405 })
  expect(await server.send('HEAD', `${BASE}/start/rest`)).toMatchObject({ status: 200, text: '' })
})

test('the guide is linked from the documentation of the API', async () => {
  expect((await server.send('GET', '/docs')).text).toContain(`href="${BASE}"`)
})
