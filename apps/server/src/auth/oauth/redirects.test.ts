import { expect, test } from 'vitest'
import { asErrorPage, withOurUrls } from './redirects.ts'

const ISSUER = 'https://ours.example/tasks'
const redirect = (location: string) => new Response(null, { status: 302, headers: { location, 'x-kept': '1' } })
const locationOf = async (location: string) => {
  const response = await withOurUrls(redirect(location), ISSUER)
  expect([response.status, response.headers.get('x-kept')]).toEqual([302, '1'])
  return response.headers.get('location')
}

test.each([
  ['a client, with our issuer', 'https://c.example/cb?code=a&iss=https%3A%2F%2Fours.example%2Fapi%2Fauth'],
  ['a client on this machine', 'http://127.0.0.1:33418/cb?iss=https%3A%2F%2Fours.example%2Fapi%2Fauth&state=x%20y'],
])('a redirect leads to %s', async (_what, given) => {
  const location = new URL((await locationOf(given)) ?? '')
  const before = new URL(given)
  expect(location.searchParams.get('iss')).toBe(ISSUER)
  for (const name of ['code', 'state']) expect(location.searchParams.get(name)).toBe(before.searchParams.get(name))
  expect(location.host).toBe(before.host)
})

test.each(['https://c.example/cb?code=a', 'https://c.example/cb?iss=https%3A%2F%2Fother.example', '/somewhere?x=1'])(
  'a redirect that does not name the issuer of the plugin stays as it is: %s',
  async (given) => {
    expect(await locationOf(given)).toBe(given)
  },
)

test('the pages for consent and for errors are those of the web app', async () => {
  expect(await locationOf('/#/connect?client_id=a&sig=b')).toBe('/?client_id=a&sig=b#/connect')
  expect(await locationOf('https://ours.example/api/auth/error?error=x')).toBe('/?error=x#/connect')
  const elsewhere = 'https://other.example/api/auth/error?error=x'
  expect(await locationOf(elsewhere)).toBe(elsewhere)
})

test('a URL in a body that tells a page to go there is ours as well, and no other body changes', async () => {
  const url = 'https://c.example/cb?iss=https%3A%2F%2Fours.example%2Fapi%2Fauth'
  const bodyOf = async (body: object) => (await withOurUrls(Response.json(body), ISSUER)).json()
  expect(await bodyOf({ redirect: true, url, more: 1 })).toEqual({
    redirect: true,
    url: `https://c.example/cb?iss=${encodeURIComponent(ISSUER)}`,
    more: 1,
  })
  expect(await bodyOf({ redirect: false, url })).toEqual({ redirect: false, url })
})

test('what is no JSON, or no success, is passed on as it came', async () => {
  for (const given of [new Response('"redirect":true'), Response.json({ redirect: true }, { status: 400 })]) {
    expect(await withOurUrls(given, ISSUER)).toBe(given)
  }
})

const refusal = (status: number, body: unknown) => Response.json(body, { status })
const pageOf = async (response: Response) => {
  const answer = await asErrorPage(response)
  const { searchParams, hash } = new URL(answer.headers.get('location') ?? '', 'http://ours')
  return { status: answer.status, page: hash, query: Object.fromEntries(searchParams) }
}

test('a refused authorization leads to our page, which is told why', async () => {
  const page = { status: 302, page: '#/connect' }
  const body = { error: 'invalid_client', error_description: 'unknown & odd' }
  expect(await pageOf(refusal(401, body))).toEqual({ ...page, query: body })
  expect(await pageOf(refusal(400, {}))).toEqual({ ...page, query: { error: 'invalid_request' } })
  expect(await pageOf(refusal(499, { error: 1, error_description: 2 }))).toMatchObject({ ...page })
})

test('only an unknown client whose document was not fetched is one that could not be reached', async () => {
  const error_description = 'Failed to fetch metadata document: no network'
  const errorOf = async (error: string) => (await pageOf(refusal(400, { error, error_description }))).query['error']
  expect(await errorOf('invalid_client')).toBe('client_document_unreachable')
  expect(await errorOf('invalid_request')).toBe('invalid_request')
})

test('a failure of the server, a success and what is no JSON are no refusal', async () => {
  const responses = [refusal(500, {}), refusal(200, {}), redirect('/x'), new Response('no', { status: 400 })]
  for (const response of responses) expect(await asErrorPage(response)).toBe(response)
})
