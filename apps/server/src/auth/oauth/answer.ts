import { asErrorPage } from './redirects.ts'
import { answerRegistration } from './registration.ts'
import { answerTokenRequest } from './token_request.ts'

export const AUTHORIZE = '/api/auth/oauth2/authorize'

interface SignInCall {
  readonly pathname: string
  readonly body: unknown
  /** Lets the plugin answer, to another body than the one that was sent if one is given. */
  readonly ask: (body?: string) => Promise<Response>
  readonly storeRedirects: (client_id: string, redirect_uris: readonly string[]) => Promise<unknown>
}

/** The plugin's answer, with what clients need beyond it. */
export async function answerCall({ pathname, body, ask, storeRedirects }: SignInCall): Promise<Response> {
  if (pathname === '/api/auth/oauth2/token') return answerTokenRequest(ask)
  if (pathname === AUTHORIZE) return asErrorPage(await ask())
  if (pathname !== '/api/auth/oauth2/register' || typeof body !== 'string' || body === '') return ask()
  return answerRegistration(body, ask, storeRedirects)
}
