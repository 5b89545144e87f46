import { ACCESS_TOKEN_PREFIX, API_KEY_PREFIX, publicError, tokenVerifier, type Principal } from '@taskwire/api'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { openConfiguredDatabase } from '../process/database.ts'
import type { Env } from '../config/env.ts'
import { formerSecretBytes, sharedSecret } from '../config/secret.ts'
import { createSignIn } from './sign_in.ts'
import { tokenExplanations } from './token_explanations.ts'

export interface Explanation {
  readonly valid: boolean
  /** The token's claims, whether it is valid, and why. Nothing in it could be used as a token. */
  readonly text: string
}

/** Explains whether a token is valid for this installation and why. Also accepts a whole `Authorization` header. */
export async function explainToken(given: string, env: Env): Promise<Explanation> {
  const token = given.trim().replace(/^(authorization:\s*)?bearer\s+/i, '')
  const claims = claimLines(token)
  try {
    return { valid: true, text: [...claims, ...validityText(await verified(token, env)), ''].join('\n') }
  } catch (error) {
    const { reason, status, message } = publicError(error)
    // Not decided: the database could not be queried.
    if (status !== 401) throw error
    return {
      valid: false,
      text: [...claims, `Invalid: ${reason}`, tokenExplanations[reason] ?? message, ''].join('\n'),
    }
  }
}

/** Verifies as the server does, but opens the database only for tokens that need it. */
async function verified(token: string, env: Env): Promise<Principal> {
  const secret = await sharedSecret(env)
  const formerSecrets = formerSecretBytes(env)
  const allowNonExpiring = env.AUTH_ALLOW_NON_EXPIRING
  if (!needsDatabase(token, env)) return tokenVerifier({ secret, formerSecrets, allowNonExpiring }).verify(token)
  const database = await openConfiguredDatabase(env, { log: (message) => note({}, message) })
  try {
    const { db, sql } = database
    const signIn = createSignIn({ db, sql, env, secret, log: { error: note, warn: note } })
    const { issuers, apiKey, accessToken, revocations } = signIn
    const rules = { secret, formerSecrets, allowNonExpiring, issuers, apiKey, accessToken, revocations }
    return await tokenVerifier(rules).verify(token)
  } finally {
    await database.close()
  }
}

function note(_details: object, message: string): void {
  process.stderr.write(`${message}\n`)
}

function needsDatabase(token: string, { BETTER_AUTH_URL, AUTH_ISSUER }: Env): boolean {
  if (token.startsWith(API_KEY_PREFIX) || token.startsWith(ACCESS_TOKEN_PREFIX)) return true
  const issuer = readable(() => decodeJwt(token).iss)
  const alg = readable(() => decodeProtectedHeader(token).alg)
  return alg !== 'HS256' && (issuer === BETTER_AUTH_URL || issuer === AUTH_ISSUER)
}

/** The claims of a token, verified or not. */
function claimLines(token: string): string[] {
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

/** The time of a claim in ISO format. A number beyond the range of dates stays a number. */
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
  oauth: 'an access token of a connected client',
}

const ACCESS = { none: 'none', read: 'read only', write: 'read and write' }

function validityText({ user_id, kind, scope, expires_at }: Principal): string[] {
  const until = expires_at === null ? 'without expiry' : `until ${String(time(expires_at))}`
  const facts = `User: ${JSON.stringify(user_id)}, valid ${until}, access: ${ACCESS[scope]}.`
  return ['Valid', `The token is ${KINDS[kind]}. ${facts}`]
}
