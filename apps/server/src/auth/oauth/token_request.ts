import { setTimeout as sleep } from 'node:timers/promises'

const PAUSES_MS = [50, 150, 400]

/**
 * Answers a request for tokens. Of two requests with the same refresh token at once, the plugin refuses the one that comes
 * while the other is being answered; a moment later it gets the same tokens.
 */
export async function answerTokenRequest(ask: () => Promise<Response>, pausesMs = PAUSES_MS): Promise<Response> {
  let response = await ask()
  for (const pause of pausesMs) {
    if ((await errorOf(response)).description !== 'invalid refresh token') break
    await sleep(pause)
    response = await ask()
  }
  // RFC 7636, 4.6: a wrong verifier is an invalid grant.
  if (response.status !== 401 || (await errorOf(response)).error !== 'invalid_request') return response
  return Response.json({ error: 'invalid_grant', error_description: 'code verification failed' }, { status: 400 })
}

async function errorOf(response: Response): Promise<{ error?: unknown; description?: unknown }> {
  if (response.ok || !/json/.test(response.headers.get('content-type') ?? '')) return {}
  const body: unknown = await response.clone().json()
  const { error, error_description } = { error: undefined, error_description: undefined, ...Object(body) }
  return { error, description: error_description }
}
