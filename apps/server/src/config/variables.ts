import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { databaseAddress, DatabaseUrlError } from '@taskwire/db/database-url'
import { z } from 'zod'

export const SECRET_LENGTH = 32
const PLACEHOLDER =
  /change[-_ ]?(me|this|it)|placeholder|your[-_ ]|example|replace[-_ ]?(me|this|with)|better-auth-secret|<.*>/i
const ONE_CHARACTER = /^(.)\1*$/

/** All variables: the values that each allows, its default, and its meaning. */
export const variables = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  PORT: integer(0, 65_535, 8000).describe('Port to listen on; 0 chooses a free port'),
  DATABASE_URL: databaseUrl()
    .optional()
    .describe('PostgreSQL 14 or newer, UTF8. Unset: the embedded PostgreSQL in the data directory'),
  DATABASE_READ_URL: readUrl()
    .optional()
    .describe('Streaming standbys of DATABASE_URL, one host or several, that answer a part of the reads'),
  TASKWIRE_DATA_DIR: z
    .string()
    .default('.data')
    .describe('Directory of the embedded database and the generated secret; relative to the root'),
  BETTER_AUTH_SECRET: secret()
    .optional()
    .describe(
      'Shared secret of at least 32 characters. Unset on a loopback host: generated once and kept in the data directory',
    ),
  BETTER_AUTH_SECRETS: secretList()
    .optional()
    .describe(
      'NEW,OLD: instead of BETTER_AUTH_SECRET, while callers move from one secret to another; the first one signs',
    ),
  BETTER_AUTH_URL: url('http', 'https')
    .transform(withoutSlash)
    .optional()
    .describe('Public base URL; also issuer and audience of the tokens issued here. Default: http://HOST:PORT'),
  AUTH_JWKS_URL: url('http', 'https')
    .optional()
    .describe('Also accept tokens signed with the keys at this URL; requires AUTH_ISSUER'),
  AUTH_ISSUER: z.string().optional().describe('The exact `iss` of those tokens'),
  AUTH_AUDIENCE: z.string().optional().describe('Their `aud`. Default: AUTH_ISSUER'),
  AUTH_ALLOW_NON_EXPIRING: oneOf(['true', 'false'], 'false')
    .transform((text) => text === 'true')
    .describe('true: accept HS256 tokens without `exp`, as the old service issued them'),
  CORS_ORIGINS: list(isOrigin, 'must be origins such as https://app.example.com, separated by commas')
    .default(['http://localhost:3000'])
    .describe('Exact origins whose pages may call the API, separated by commas'),
  DATABASE_POOL_MAX: integer(1, 1000, 30).describe('Maximum number of database connections'),
  UNKNOWN_FIELDS: oneOf(['reject', 'ignore'], 'reject').describe(
    'ignore: accept REST bodies with unknown fields, which some old clients send',
  ),
  OPENAI_API_KEY: z
    .string()
    .optional()
    .describe("Key for the chat's model. With neither key nor base URL the built-in offline assistant answers"),
  OPENAI_BASE_URL: url('http', 'https').optional().describe('Base URL of any OpenAI-compatible server'),
  OPENAI_MODEL: z
    .string()
    .optional()
    .describe('Name of the model. Unset: gpt-5.6-luna, so set it with OPENAI_BASE_URL'),
  OPENAI_API: z
    .enum(['responses', 'chat_completions'], 'must be responses or chat_completions')
    .optional()
    .describe('Protocol. Unset: responses for OpenAI, chat_completions with a base URL'),
  RATE_LIMIT_API: integer(0, 1_000_000, 0).describe('Calls per minute and user; 0: no limit. Counted per process'),
  RATE_LIMIT_AUTH: integer(1, 1_000_000, 60).describe(
    'Sign-ins, sign-ups and OAuth requests per minute and client address',
  ),
  TRUST_PROXY: list(isAddress, 'must be IP addresses or CIDR ranges of your proxies, separated by commas')
    .optional()
    .describe('Proxies (IPs, CIDRs) whose forwarded client address is trusted'),
  SMTP_URL: url('smtp', 'smtps')
    .optional()
    .describe('Mail server, as smtp://user:password@host:587 or smtps://...:465. Unset: no mail is sent'),
  MAIL_FROM: z
    .string()
    .refine(isMailbox, 'must be an e-mail address such as tasks@example.com or Tasks <tasks@example.com>')
    .optional()
    .describe('Sender of mail. Default: taskwire@ the host of BETTER_AUTH_URL'),
  AUTH_REQUIRE_EMAIL_VERIFICATION: oneOf(['true', 'false'], 'false')
    .transform((text) => text === 'true')
    .describe('true: an account gives no token until its e-mail address is confirmed; needs SMTP_URL'),
  OAUTH_CLIENT_DOCUMENTS: oneOf(['true', 'false'], 'true')
    .transform((text) => text === 'true')
    .describe(
      'false: apps register, and none is known by a document on the internet; for a server without access to it',
    ),
  SHUTDOWN_DELAY_MS: integer(0, 600_000, 0).describe(
    'Milliseconds that requests are still served after SIGTERM, while /health/ready is 503; set it behind a load balancer',
  ),
  WORKERS: workers().describe(
    'Server processes that share the port, the data directory and DATABASE_POOL_MAX; auto: one for each core',
  ),
  ADMIN_PORT: optionalInteger(0, 65_535).describe(
    'Port of /metrics (Prometheus), /health and /health/ready; 0 chooses a free port. Unset: no metrics',
  ),
  ADMIN_HOST: z.string().default('127.0.0.1').describe('Address of ADMIN_PORT'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http', 'https')
    .optional()
    .describe(
      'OpenTelemetry collector that traces are sent to; the other OTEL_* variables are followed as well. Unset: no traces',
    ),
  SLOW_REQUEST_MS: integer(1, 600_000, 1000).describe('Slower requests and statements are logged as warnings'),
  CHANGES_KEPT_DAYS: integer(1, 36_500, 30).describe('Days that the log and the trash are kept'),
  WEBHOOK_ALLOW_PRIVATE: oneOf(['true', 'false'], 'false')
    .transform((text) => text === 'true')
    .describe('true: webhooks may be sent to loopback and private addresses'),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info').describe(
    'Minimum severity of log lines',
  ),
})

/** What is wrong with a shared secret, or undefined. */
export function secretProblem(secret: string): string | undefined {
  if (secret.length < SECRET_LENGTH) return `must have at least ${SECRET_LENGTH} characters`
  if (PLACEHOLDER.test(secret) || ONE_CHARACTER.test(secret)) return 'must be a random secret, not a placeholder'
  return undefined
}

function secret() {
  return z.string().superRefine((text, check) => {
    const message = secretProblem(text)
    if (message !== undefined) check.addIssue({ code: 'custom', message })
  })
}

/** In every form of libpq: with several hosts, or a socket. */
function databaseUrl() {
  return z.string().superRefine((text, check) => {
    try {
      databaseAddress(text)
    } catch (error) {
      if (!(error instanceof DatabaseUrlError)) throw error
      check.addIssue({ code: 'custom', message: error.message })
    }
  })
}

/** Each host is one standby: there is nothing to choose. */
function readUrl() {
  return databaseUrl().refine(
    (text) => !text.includes('target_session_attrs'),
    'must have no target_session_attrs: each of its hosts is a standby',
  )
}

function secretList() {
  return z
    .string()
    .transform((text) => text.split(',').map((item) => item.trim()))
    .superRefine((secrets, check) => {
      const problems = secrets.map(secretProblem)
      const index = problems.findIndex((one) => one !== undefined)
      if (index >= 0)
        check.addIssue({ code: 'custom', message: `${problems[index]} (secret ${index + 1} of the list)` })
    })
}

function integer(min: number, max: number, fallback: number) {
  return wholeNumber(min, max).default(fallback)
}

function workers() {
  const must = 'must be a whole number from 1 to 64, or auto'
  const text = z
    .string()
    .regex(/^(\d{1,2}|auto)$/, must)
    .transform((count) => (count === 'auto' ? Math.min(availableParallelism(), 64) : Number(count)))
  return text.pipe(z.number().min(1, must).max(64, must)).default(1)
}

function optionalInteger(min: number, max: number) {
  return wholeNumber(min, max).optional()
}

function wholeNumber(min: number, max: number) {
  const must = `must be a whole number from ${min} to ${max}`
  const text = z
    .string()
    .regex(/^\d{1,9}$/, must)
    .transform(Number)
  return text.pipe(z.number().min(min, must).max(max, must))
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

/** An address, alone or behind a name. What else it has to fulfil, its mail server knows. */
function isMailbox(text: string): boolean {
  return /^(?:[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(text)
}

function isAddress(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

function withoutSlash(text: string): string {
  return text.replace(/\/+$/, '')
}
