import { afterAll, beforeAll, expect, test } from 'vitest'
import { oauthClient, REDIRECT, type TokenAnswer } from '../../../testing/oauth_client.ts'
import { signInServer, type SignInServer } from '../../../testing/sign_in_server.ts'

const ERROR_PAGE = /^\/\?error=.*#\/connect$/
const DOCUMENT = 'https://client.example/oauth/client.json'

let server: SignInServer
let fetched: string[] = []
let document: object = {}
let hasInternet = true
const fetchClientDocument = async (input: string | URL | Request) => {
  fetched.push(new Request(input).url)
  if (!hasInternet) throw new TypeError('fetch failed')
  return Response.json(document)
}
beforeAll(async () => {
  server = await signInServer({ fetchClientDocument })
})
afterAll(() => server.close())

const described = {
  client_id: DOCUMENT,
  client_name: 'A documented client',
  redirect_uris: [REDIRECT],
  grant_types: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_method: 'none',
}

test('a client that is known by the URL of its document needs no registration', async () => {
  document = described
  fetched = []
  const { session, token } = await server.newUser()
  const client = oauthClient(server)
  const back = await client.granted(session, { client_id: DOCUMENT })
  const answer = await client.exchange(String(back.searchParams.get('code')), { client_id: DOCUMENT })
  const { access_token } = answer.json<TokenAnswer>()
  await server.caller(access_token).task.create({ title: 'by the client' })
  const { changes } = await server.caller(token).change.list({ since: 0 })
  expect(changes.map(({ actor }) => actor)).toEqual([`client:${DOCUMENT}`])
  expect(fetched).toEqual([DOCUMENT])
})

test('a document that names another client, or a URL without TLS or of this network, is refused', async () => {
  const { session } = await server.newUser()
  const client = oauthClient(server)
  const other = 'https://other.example/client.json'
  document = { ...described, client_id: DOCUMENT }
  const pageShownTo = async (client_id: string) =>
    String((await client.authorize(session, { client_id })).headers.location)
  fetched = []
  expect(await pageShownTo(other)).toMatch(ERROR_PAGE)
  expect(fetched).toEqual([other])
  for (const url of [
    'http://client.example/a',
    'https://127.0.0.1/a',
    'https://192.168.1.1/a',
    'https://localhost/a',
  ]) {
    expect([url, await pageShownTo(url)]).toEqual([url, expect.stringMatching(ERROR_PAGE)])
  }
  expect(fetched).toEqual([other])
})

test('where the document cannot be fetched, the page says so instead of calling the client unknown', async () => {
  const { session } = await server.newUser()
  hasInternet = false
  try {
    const response = await oauthClient(server).authorize(session, { client_id: 'https://far.example/client.json' })
    expect(response.headers.location).toMatch(/^\/\?error=client_document_unreachable&.*#\/connect$/)
  } finally {
    hasInternet = true
  }
})

test('a server that is to read no documents says so, and fetches none', async () => {
  const env = { OAUTH_CLIENT_DOCUMENTS: 'false' }
  const offline = await signInServer({ database: server.database, env, fetchClientDocument })
  const supported = async ({ app }: SignInServer) =>
    (await app.inject({ url: '/.well-known/oauth-authorization-server' })).json<object>()
  expect(await supported(server)).toMatchObject({ client_id_metadata_document_supported: true })
  expect(await supported(offline)).toMatchObject({ client_id_metadata_document_supported: false })
  const { session } = await offline.newUser()
  fetched = []
  const response = await oauthClient(offline).authorize(session, { client_id: 'https://near.example/client.json' })
  expect(response.headers.location).toMatch(/^\/\?error=client_document_unreachable&.*#\/connect$/)
  expect(fetched).toEqual([])
  await offline.close()
})
