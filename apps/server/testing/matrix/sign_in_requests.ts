import type { Random } from '@taskwire/faults'
import { hostile } from './fuzz_values.ts'
import type { HttpRequest } from './http.ts'

/** A route of sign-in, with `:name` for its parameters. */
export interface SignInRoute {
  readonly path: string
  readonly methods: readonly ('GET' | 'POST')[]
}

/** The endpoints of a Better Auth instance, by its `api`. */
export function signInRoutes(api: object): SignInRoute[] {
  return Object.values(api).flatMap((endpoint) => {
    const { path, options } = { path: undefined, options: undefined, ...Object(endpoint) }
    const methods = [Object(options).method].flat().filter((method) => method === 'GET' || method === 'POST')
    return typeof path === 'string' ? [{ path, methods }] : []
  })
}

const FIELDS =
  `email password name newPassword currentPassword newEmail token callbackURL redirectTo provider providerId
  accountId keyId id configId expiresIn permissions metadata key image rememberMe disableRedirect idToken scopes
  revokeOtherSessions code state error`.split(/\s+/)

const VALUES: readonly unknown[] = [
  'ann@example.com',
  'nobody@example.com',
  'ANN@EXAMPLE.COM ',
  'a@b',
  'short',
  '/',
  '//evil.example',
  'http://127.0.0.1:8000/',
  'javascript:alert(1)',
  'google',
  'credential',
  'read',
  'write',
  true,
  3600,
  -1,
  { tasks: ['read'] },
  ['a', 'b'],
]

/** A request of sign-in: some route with some fields, by somebody with or without a session. */
export function signInRequest(
  routes: readonly SignInRoute[],
  sessions: readonly string[],
  random: Random,
): HttpRequest {
  const { path, methods } = random.pick(routes)
  const method = random.int(6) === 0 ? random.pick(['GET', 'POST'] as const) : (methods[0] ?? 'GET')
  const filled = path.replace(/:\w+/g, () => encodeURIComponent(random.pick(['x', '%', '..', 'google', '\u{1f600}'])))
  const fields = Object.fromEntries(
    Array.from({ length: random.int(6) }, () => [random.pick(FIELDS), valueOf(random)] as const),
  )
  const query = random.int(3) === 0 || method === 'GET' ? `?${queryOf(fields)}` : ''
  const session = random.pick(['', '', ...sessions])
  const headers = {
    ...(session === '' ? {} : { authorization: `Bearer ${session}` }),
    ...(method === 'POST' ? { 'content-type': random.int(12) === 0 ? 'text/plain' : 'application/json' } : {}),
    ...(random.int(8) === 0 ? { origin: random.pick(['http://evil.example', 'null', 'http://127.0.0.1:8000']) } : {}),
    ...(random.int(8) === 0 ? { cookie: random.pick(['better-auth.session_token=x.y', 'a=%ff', '=;;=']) } : {}),
  }
  const url = `/api/auth${filled}${query}`
  if (method === 'GET') return { method, path: url, headers }
  const body = random.int(10) === 0 ? JSON.stringify(hostile(random)) : JSON.stringify(fields)
  return { method, path: url, headers, body: random.int(20) === 0 ? body.slice(0, body.length / 2) : body }
}

function valueOf(random: Random): unknown {
  return random.int(3) === 0 ? hostile(random) : random.pick(VALUES)
}

function queryOf(fields: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(fields).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return `${name}=${encodeURIComponent(text.toWellFormed().slice(0, 2000))}`
  })
  return entries.join('&')
}
