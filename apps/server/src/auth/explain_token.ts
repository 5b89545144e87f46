import { API_KEY_PREFIX, publicError, tokenVerifier, type Principal } from '@taskwire/api'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { openConfiguredDatabase } from '../process/database.ts'
import type { Env } from '../config/env.ts'
import { sharedSecret } from '../config/secret.ts'
import { createSignIn } from './sign_in.ts'
import { tokenWords } from './token_explanations.ts'

export interface Explanation {
  readonly valid: boolean
  /** What the token says of itself, the verdict, and its reason in words. Nothing in it could be used as a token. */
  readonly text: string
}

/** Says whether a token is valid for this installation, and if not, why. A pasted `Authorization` header will do. */
export async function explainToken(given: string, env: Env): Promise<Explanation> {
  const token = given.trim().replace(/^(authorization:\s*)?bearer\s+/i, '')
  const facts = factsOf(token)
  try {
    return { valid: true, text: [...facts, ...validWords(await verified(token, env)), ''].join('\n') }
  } catch (error) {
    const { reason, status, message } = publicError(error)
    // No verdict: the database could not be asked.
    if (status !== 401) throw error
    return { valid: false, text: [...facts, `Refused: ${reason}`, tokenWords[reason] ?? message, ''].join('\n') }
  }
}

/** As the server would, asking the database only where the token cannot be judged without. */
async function verified(token: string, env: Env): Promise<Principal> {
  const secret = await sharedSecret(env)
  const allowNonExpiring = env.AUTH_ALLOW_NON_EXPIRING
  if (!needsDatabase(token, env)) return tokenVerifier({ secret, allowNonExpiring }).verify(token)
  const database = await openConfiguredDatabase(env, (message) => note({}, message))
  try {
    const signIn = createSignIn({ db: database.db, env, secret, log: { error: note, warn: note } })
    const { issuers } = signIn
    return await tokenVerifier({ secret, allowNonExpiring, issuers, apiKey: (key) => signIn.apiKey(key) }).verify(token)
  } finally {
    await database.close()
  }
}

function note(_details: object, message: string): void {
  process.stderr.write(`${message}\n`)
}

function needsDatabase(token: string, { BETTER_AUTH_URL, AUTH_ISSUER }: Env): boolean {
  if (token.startsWith(API_KEY_PREFIX)) return true
  const issuer = readable(() => decodeJwt(token).iss)
  const alg = readable(() => decodeProtectedHeader(token).alg)
  return alg !== 'HS256' && (issuer === BETTER_AUTH_URL || issuer === AUTH_ISSUER)
}

/** What a token says of itself, true or not. */
function factsOf(token: string): string[] {
  const header = readable(() => decodeProtectedHeader(token))
  const claims = readable(() => decodeJwt(token))
  const facts = {
    alg: header?.alg,
    kid: header?.['kid'],
    iss: claims?.iss,
    aud: claims?.aud,
    sub: claims?.sub,
    userId: claims?.['userId'],
    iat: time(claims?.iat),
    nbf: time(claims?.nbf),
    exp: time(claims?.exp),
  }
  const shown = Object.entries(facts).filter(([, value]) => value !== undefined)
  return shown.map(([name, value]) => `${name.padEnd(7)}${JSON.stringify(value).slice(0, 200)}`)
}

/** A claim's time as people read it. Beyond what a date can be it stays the number that it is. */
function time(seconds: unknown): unknown {
  return typeof seconds === 'number' && Math.abs(seconds) < 8e12 ? new Date(seconds * 1000).toISOString() : seconds
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

const KINDS = {
  shared_secret: "signed with this installation's secret",
  issued: 'signed by an issuer that is trusted here',
  api_key: 'an API key of this installation',
}

function validWords({ user_id, kind, scope, expires_at }: Principal): string[] {
  const until = expires_at === null ? 'without end' : `until ${String(time(expires_at))}`
  const may = scope === 'write' ? 'read and write' : 'only read'
  return ['Valid', `It is ${KINDS[kind]}. It speaks for ${JSON.stringify(user_id)}, ${until}, and may ${may}.`]
}
