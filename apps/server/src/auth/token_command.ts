import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { API_KEY_PREFIX, isUserId, publicError, tokenVerifier, type Principal } from '@taskwire/api'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { migratedDatabase } from '../database.ts'
import { BadConfiguration, readEnv, type Env } from '../env.ts'
import { sharedSecret } from '../secret.ts'
import { createSignIn } from './sign_in.ts'
import { tokenWords } from './token_words.ts'

const USAGE = `npm run token -- --user ID [--expires 1h]   prints a token for this installation (30s, 15m, 1h, 7d)
npm run token -- --explain                  says whether the token on standard input is valid, and if not, why
`

/** Answers on standard output; what went wrong goes to standard error, with exit code 1. */
async function run(): Promise<number> {
  try {
    const { values } = parseArgs({
      options: {
        user: { type: 'string' },
        expires: { type: 'string', default: '1h' },
        explain: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.explain) return await explain((await text(process.stdin)).trim())
    if (values.user === undefined || values.help) {
      process.stderr.write(USAGE)
      return values.help ? 0 : 1
    }
    process.stdout.write(`${await tokenFor(values.user, secondsOf(values.expires))}\n`)
    return 0
  } catch (error) {
    const lines =
      error instanceof BadConfiguration ? error.problems : [error instanceof Error ? error.message : String(error)]
    process.stderr.write(`${lines.join('\n')}\n`)
    return 1
  }
}

async function tokenFor(user: string, seconds: number): Promise<string> {
  if (!isUserId(user)) throw new Error(`--user: ${tokenWords.token_subject_invalid}`)
  const secret = await sharedSecret(readEnv())
  const now = Math.floor(Date.now() / 1000)
  const claims = { sub: user, iat: now, exp: now + seconds }
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(secret)
}

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

function secondsOf(duration: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(duration) ?? []
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN)
  if (Number.isNaN(seconds)) throw new Error('--expires must be a duration such as 30s, 15m, 1h or 7d')
  return seconds
}

async function explain(given: string): Promise<number> {
  const token = given.replace(/^(authorization:\s*)?bearer\s+/i, '')
  const facts = factsOf(token)
  try {
    process.stdout.write([...facts, ...validWords(await verified(token)), ''].join('\n'))
    return 0
  } catch (error) {
    const { reason, message } = publicError(error)
    const verdict = [`Refused: ${reason}`, tokenWords[reason] ?? message]
    process.stdout.write([...facts, ...verdict, ''].join('\n'))
    return 1
  }
}

/** As the server would, asking the database only where the token cannot be judged without. */
async function verified(token: string): Promise<Principal> {
  const env = readEnv()
  const secret = await sharedSecret(env)
  const allowNonExpiring = env.AUTH_ALLOW_NON_EXPIRING
  if (!needsDatabase(token, env)) return tokenVerifier({ secret, allowNonExpiring }).verify(token)
  const database = await migratedDatabase(env, (message) => note({}, message))
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

/** What a token says of itself, true or not. Nothing in it could be used as a token. */
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
  const until = expires_at === null ? 'without end' : `until ${new Date(expires_at * 1000).toISOString()}`
  const may = scope === 'write' ? 'read and write' : 'only read'
  return ['Valid', `It is ${KINDS[kind]}. It speaks for ${JSON.stringify(user_id)}, ${until}, and may ${may}.`]
}

process.exitCode = await run()
