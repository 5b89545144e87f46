import { expect, test } from 'vitest'
import { answerRegistration } from './registration.ts'

interface Taken {
  readonly registered: Record<string, unknown>
  readonly stored: unknown[]
  readonly answer: Response
}

/** What the plugin is given and what is stored after it, for a registration that it answers with this status. */
async function register(metadata: object, status = 201): Promise<Taken> {
  let registered = {}
  const stored: unknown[] = []
  const answer = await answerRegistration(
    JSON.stringify(metadata),
    async (body) => {
      registered = JSON.parse(body)
      return Response.json({ ...registered, client_id: 'the-client' }, { status })
    },
    async (client_id, redirect_uris) => {
      await new Promise(setImmediate)
      stored.push(client_id, redirect_uris)
    },
  )
  return { registered, stored, answer }
}

const EDITOR = 'cursor://anysphere.cursor-mcp/oauth/callback'
const WEB = 'https://client.example/callback'

test('a client with pages on the web is registered as it is', async () => {
  const { registered, stored } = await register({ redirect_uris: [WEB], client_name: 'C' })
  expect(registered).toEqual({ redirect_uris: [WEB], client_name: 'C' })
  expect(stored).toEqual([])
})

test('a client on a machine is native, unless it says what it is', async () => {
  const redirect_uris = ['http://127.0.0.1:1/cb', WEB]
  expect((await register({ redirect_uris })).registered).toEqual({ redirect_uris, application_type: 'native' })
  const web = { redirect_uris, application_type: 'web' }
  expect((await register(web)).registered).toEqual(web)
})

test('the redirects of an editor are stored before the client is told of its registration', async () => {
  const { registered, stored, answer } = await register({ redirect_uris: [WEB, EDITOR], client_name: 'C' })
  const replaced = [WEB, 'https://editor-1.invalid/']
  expect(registered).toEqual({ redirect_uris: replaced, client_name: 'C', application_type: 'native' })
  expect(stored).toEqual(['the-client', [WEB, EDITOR]])
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store'])
  expect(await answer.json()).toMatchObject({ client_id: 'the-client', redirect_uris: [WEB, EDITOR] })
})

test('of a registration that is refused nothing is stored', async () => {
  const { stored, answer } = await register({ redirect_uris: [EDITOR] }, 400)
  expect([stored, answer.status]).toEqual([[], 400])
})

test.each(['cursor://host', 'cursor://host/a#b', 'cursor:/host/a', 'xcursor://host/a', 'vscode2://host/a'])(
  '%s is not taken for the redirect of an editor',
  async (uri) => {
    expect((await register({ redirect_uris: [uri] })).registered['redirect_uris']).toEqual([uri])
  },
)

test('grants that this server does not know are left out, where one that it knows remains', async () => {
  const grantsOf = async (grant_types: unknown) => (await register({ grant_types })).registered['grant_types']
  const both = ['authorization_code', 'refresh_token']
  expect(await grantsOf(['device_code', ...both])).toEqual(both)
  expect(await grantsOf(['device_code'])).toEqual(['device_code'])
  expect(await grantsOf('authorization_code')).toBe('authorization_code')
})

test('what is no JSON is refused before anything is registered', async () => {
  const never = () => Promise.reject(new Error('registered'))
  await expect(answerRegistration('{', never, never)).rejects.toMatchObject({ reason: 'malformed_json' })
})
