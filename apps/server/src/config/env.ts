import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { z } from 'zod'

/** The configuration, every default decided. The names are those of the environment. */
export type Env = ReturnType<typeof complete>

/** What the operator has to mend: one line a problem, naming the variable, never repeating its value. */
export class BadConfiguration extends Error {
  override readonly name = 'BadConfiguration'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** Reads the environment, and for what it does not set the `.env` of the root. Throws `BadConfiguration`. */
export function readEnv(root = ROOT): Env {
  // Read by the agents SDK itself: of a conversation nothing leaves but to the model. The code says so once more.
  process.env['OPENAI_AGENTS_DISABLE_TRACING'] = '1'
  return envFrom({ ...dotEnv(root), ...process.env })
}

/** The key that an agent's own process acts with: not the server's business, so no part of its configuration. */
export function agentKey(): string | undefined {
  return { ...dotEnv(), ...process.env }['TASKWIRE_API_KEY']?.trim() || undefined
}

/** The configuration that some variables make. An empty one is one that is not set. Throws `BadConfiguration`. */
export function envFrom(values: Readonly<Record<string, string | undefined>>): Env {
  const set = Object.fromEntries(
    Object.keys(variables.shape).flatMap((name) => {
      const value = values[name]?.trim()
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  )
  const result = variables.safeParse(set)
  const problems = new Map([...missing(set), ...(result.error?.issues ?? []).map(problemOf)])
  if (!result.success || problems.size > 0) {
    throw new BadConfiguration([...problems].map(([name, problem]) => `${name} ${problem}`))
  }
  return complete(result.data)
}

function problemOf({ path, message }: z.core.$ZodIssue): [string, string] {
  return [String(path[0]), message]
}

/** What must be set because of something else that is. */
function missing(set: Record<string, string>): [string, string][] {
  const problems: [string, string][] = []
  if (set['AUTH_JWKS_URL'] !== undefined && set['AUTH_ISSUER'] === undefined) {
    problems.push(['AUTH_ISSUER', 'must be set to the issuer of the tokens when AUTH_JWKS_URL is set'])
  }
  if (set['HOST'] === undefined || isLoopback(set['HOST'])) return problems
  const why = 'when HOST is not a loopback address'
  if (set['BETTER_AUTH_SECRET'] === undefined) {
    const must = `must be set to a random secret of at least ${SECRET_LENGTH} characters`
    problems.push(['BETTER_AUTH_SECRET', `${must} ${why}`])
  }
  if (set['BETTER_AUTH_URL'] === undefined)
    problems.push(['BETTER_AUTH_URL', `must be set to the public base URL ${why}`])
  return problems
}

function complete(env: z.infer<typeof variables>) {
  return {
    ...env,
    TASKWIRE_DATA_DIR: resolve(ROOT, env.TASKWIRE_DATA_DIR),
    BETTER_AUTH_URL: env.BETTER_AUTH_URL ?? localUrl(env.HOST, env.PORT),
    AUTH_AUDIENCE: env.AUTH_AUDIENCE ?? env.AUTH_ISSUER,
  }
}

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))

function dotEnv(root = ROOT): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(join(root, '.env'), 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw new BadConfiguration([`.env cannot be read: ${error instanceof Error ? error.message : String(error)}`])
  }
}

/** Whether only this machine can reach a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

const SECRET_LENGTH = 32
const PLACEHOLDER =
  /change[-_ ]?(me|this|it)|placeholder|your[-_ ]|example|replace[-_ ]?(me|this|with)|better-auth-secret|<.*>/i
const ONE_CHARACTER = /^(.)\1*$/

/** What is wrong with a shared secret; undefined if nothing is. */
export function secretProblem(secret: string): string | undefined {
  if (secret.length < SECRET_LENGTH) return `must have at least ${SECRET_LENGTH} characters`
  if (PLACEHOLDER.test(secret) || ONE_CHARACTER.test(secret)) return 'must be a random secret, not a placeholder'
  return undefined
}

function integer(min: number, max: number, fallback: number) {
  const must = `must be a whole number from ${min} to ${max}`
  const text = z
    .string()
    .regex(/^\d{1,9}$/, must)
    .transform(Number)
  return text.pipe(z.number().min(min, must).max(max, must)).default(fallback)
}

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values, fallback: Values[number]) {
  return z.enum(values, `must be ${values.slice(0, -1).join(', ')} or ${values.at(-1)}`).default(() => fallback)
}

function url(...protocols: string[]) {
  const must = `must be a URL that starts with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`
  return z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1)), must)
}

function list(isItem: (item: string) => boolean, must: string) {
  return z
    .string()
    .transform((text) => text.split(',').flatMap((item) => item.trim() || []))
    .refine((items) => items.length > 0 && items.every(isItem), must)
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text
}

function isAddress(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

const secret = z.string().superRefine((text, check) => {
  const message = secretProblem(text)
  if (message !== undefined) check.addIssue({ code: 'custom', message })
})

const withoutSlash = (text: string) => text.replace(/\/+$/, '')

/** Every variable there is: what it may be, what it is when it is not set, and what it means. */
export const variables = z.object({
  HOST: z.string().default('127.0.0.1').describe('Where to listen'),
  PORT: integer(0, 65_535, 8000).describe('Where to listen; 0 takes a free port'),
  DATABASE_URL: url('postgres', 'postgresql')
    .optional()
    .describe('PostgreSQL 14 or newer, UTF8. Unset: the embedded PostgreSQL in the data directory'),
  TASKWIRE_DATA_DIR: z
    .string()
    .default('.data')
    .describe('Embedded database and generated secret; relative to the root'),
  BETTER_AUTH_SECRET: secret
    .optional()
    .describe(
      'Shared secret of at least 32 characters. Unset on a loopback host: generated once, kept in the data directory',
    ),
  BETTER_AUTH_URL: url('http', 'https')
    .transform(withoutSlash)
    .optional()
    .describe('Public base URL, issuer and audience of our tokens. Default: http://HOST:PORT'),
  AUTH_JWKS_URL: url('http', 'https')
    .optional()
    .describe('Also accept tokens signed with these keys; needs AUTH_ISSUER'),
  AUTH_ISSUER: z.string().optional().describe('The exact `iss` of those tokens'),
  AUTH_AUDIENCE: z.string().optional().describe('Their `aud`. Default: AUTH_ISSUER'),
  AUTH_ALLOW_NON_EXPIRING: oneOf(['true', 'false'], 'false')
    .transform((text) => text === 'true')
    .describe('true: accept HS256 tokens without `exp`, as the old service issued them'),
  CORS_ORIGINS: list(isOrigin, 'must be origins such as https://app.example.com, separated by commas')
    .default(['http://localhost:3000'])
    .describe('Exact origins whose pages may call, separated by commas'),
  DATABASE_POOL_MAX: integer(1, 1000, 30).describe('Database connections at most'),
  UNKNOWN_FIELDS: oneOf(['reject', 'ignore'], 'reject').describe(
    'ignore: REST bodies may carry fields that we do not have, as those of old clients',
  ),
  OPENAI_API_KEY: z
    .string()
    .optional()
    .describe("The chat's model. With neither key nor base URL: the offline assistant"),
  OPENAI_BASE_URL: url('http', 'https').optional().describe('Any OpenAI-compatible server'),
  OPENAI_MODEL: z.string().optional().describe('The name of the model'),
  OPENAI_API: z
    .enum(['responses', 'chat_completions'], 'must be responses or chat_completions')
    .optional()
    .describe('The protocol. Unset: responses at OpenAI, chat_completions with a base URL'),
  RATE_LIMIT_API: integer(0, 1_000_000, 0).describe('Calls a minute per user; 0 is off. Counted per process'),
  RATE_LIMIT_AUTH: integer(1, 1_000_000, 60).describe('Sign-ins and sign-ups a minute per client address'),
  TRUST_PROXY: list(isAddress, 'must be IP addresses or CIDR ranges of your proxies, separated by commas')
    .optional()
    .describe('Proxies (IPs, CIDRs) whose forwarded address is believed'),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info').describe('What is logged'),
})

/** The URL of a server that listens here. */
export function localUrl(host: string, port: number): string {
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`
}
