import { createHash, randomBytes } from 'node:crypto'
import type { LightMyRequestResponse } from 'fastify'
import type { SignInServer } from './sign_in_server.ts'

export const REDIRECT = 'http://127.0.0.1:33418/callback'

export interface TokenAnswer {
  readonly access_token: string
  readonly refresh_token?: string
  readonly scope: string
  readonly expires_in: number
  readonly token_type: string
}

/** The steps of an OAuth client and of its user's browser, one at a time. */
export function oauthClient({ app }: Pick<SignInServer, 'app'>) {
  const verifier = randomBytes(32).toString('base64url')

  const steps = {
    verifier,
    register: (metadata: object = {}) =>
      app.inject({
        method: 'POST',
        url: '/api/auth/oauth2/register',
        payload: {
          client_name: 'Test client',
          redirect_uris: [REDIRECT],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: 'none',
          ...metadata,
        },
      }),

    async newClient(metadata?: object): Promise<string> {
      return (await steps.register(metadata)).json<{ client_id: string }>().client_id
    },

    /** What the browser of a session gets for the client's authorization request. */
    authorize: (session: string | undefined, query: Readonly<Record<string, string>>) =>
      app.inject({
        url: `/api/auth/oauth2/authorize?${new URLSearchParams({
          response_type: 'code',
          redirect_uri: REDIRECT,
          code_challenge: createHash('sha256').update(verifier).digest('base64url'),
          code_challenge_method: 'S256',
          state: 'some state',
          scope: 'tasks:read tasks:write offline_access',
          ...query,
        }).toString()}`,
        headers: session === undefined ? {} : { authorization: `Bearer ${session}` },
      }),

    /** The user's decision on the consent page that `authorize` led to. */
    decide: (session: string, page: string, decision: object = { accept: true }) =>
      app.inject({
        method: 'POST',
        url: '/api/auth/oauth2/consent',
        headers: { authorization: `Bearer ${session}` },
        payload: { ...decision, oauth_query: new URL(page, 'http://localhost').search.slice(1) },
      }),

    token: (form: Readonly<Record<string, string>>) =>
      app.inject({
        method: 'POST',
        url: '/api/auth/oauth2/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(form).toString(),
      }),

    /** Asks for consent, gives it, and returns the URL that leads back to the client. */
    async granted(session: string, query: Readonly<Record<string, string>>): Promise<URL> {
      const asked = await steps.authorize(session, query)
      const page = String(asked.headers.location)
      if (!page.startsWith('/?')) return new URL(page)
      return new URL((await steps.decide(session, page)).json<{ url: string }>().url)
    },

    exchange: (code: string, form: Readonly<Record<string, string>>) =>
      steps.token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT,
        code_verifier: verifier,
        ...form,
      }),

    refresh: (refresh_token: string | undefined, client_id: string): Promise<LightMyRequestResponse> =>
      steps.token({ grant_type: 'refresh_token', refresh_token: String(refresh_token), client_id }),

    /** A new client, connected to the user of a session with these scopes. */
    async connected(session: string, scope = 'tasks:read tasks:write offline_access') {
      const client_id = await steps.newClient()
      const back = await steps.granted(session, { client_id, scope })
      const answer = await steps.exchange(String(back.searchParams.get('code')), { client_id })
      return { client_id, tokens: answer.json<TokenAnswer>() }
    },
  }
  return steps
}
