import type { Random } from '@taskwire/faults'
import { fuzzedArgs, hostile, type Ids } from './fuzz_values.ts'
import type { HttpRequest } from './http.ts'
import { bearer, type Route } from './transports.ts'

export interface Person extends Ids {
  readonly user: string
  readonly token: string
}

export interface FuzzedRequest {
  readonly request: HttpRequest
  /** The REST route whose document the answer has to fit. */
  readonly documentedAs: { readonly method: string; readonly path: string } | undefined
}

/** A request of a person: some operation on some transport, mostly sensible, with something wrong every now and then. */
export function fuzzedRequest(routes: readonly Route[], person: Person, random: Random): FuzzedRequest {
  const chance = random.int(10)
  if (chance === 0) return { request: fuzzedBatch(routes, person, random), documentedAs: undefined }
  const via = chance < 5 ? 'rest' : chance < 7 ? 'trpc' : chance < 9 ? 'mcp' : 'chat'
  const route = random.pick(routes.filter((each) => each.via === via))
  const user = random.int(12) === 0 ? random.pick(STRANGE_USERS) : person.user
  const namesUser = random.int(12) === 0
  const args = fuzzedArgs(route, person, random)
  const request = route.request({ token: tokenFor(person, random), user, namesUser: namesUser && via !== 'chat', args })
  const { rest } = route
  return {
    request: random.int(5) === 0 ? spoiled(request, random) : request,
    // With an empty user or id in its path it is a request of another route.
    documentedAs:
      rest && !/\/(?:\/|\?|$)/.test(request.path) ? { method: rest.method, path: rest.meta.path } : undefined,
  }
}

const STRANGE_USERS = [
  'victim',
  'nobody',
  'auth',
  '',
  '.',
  '..',
  '%',
  'a/b',
  '__proto__',
  'x'.repeat(129),
  'x'.repeat(5000),
  '\0',
]

function tokenFor({ token }: Person, random: Random): string | undefined {
  if (random.int(15) !== 0) return token
  if (random.int(6) === 0) return undefined
  return random.pick(['x', token.slice(0, -1), `${token}x`, 'tw_abc', 'null', token.replaceAll('.', ',')])
}

/** Several calls in one tRPC request: more than are allowed, some of them unknown. */
function fuzzedBatch(routes: readonly Route[], person: Person, random: Random): HttpRequest {
  const type = random.pick(['query', 'mutation'] as const)
  const known = routes.filter(
    ({ via, operation }) => via === 'trpc' && operation.type === type && operation.output !== undefined,
  )
  const calls = Array.from({ length: 1 + random.int(11) }, () => random.pick(known))
  const unknown = random.int(10) === 0 ? ['task.unknown'] : []
  const names = [...calls.map(({ operation }) => operation.name), ...unknown].join(',')
  const input = JSON.stringify(
    Object.fromEntries(calls.map((route, index) => [index, fuzzedArgs(route, person, random)])),
  )
  const headers = bearer(tokenFor(person, random))
  if (type === 'query') {
    return { method: 'GET', path: `/trpc/${names}?batch=1&input=${encodeURIComponent(input)}`, headers }
  }
  const json = { ...headers, 'content-type': 'application/json' }
  return { method: 'POST', path: `/trpc/${names}?batch=1`, headers: json, body: input }
}

/** The request with one thing wrong that no client would do by itself. */
function spoiled(request: HttpRequest, random: Random): HttpRequest {
  const { body, headers, path } = request
  const at = random.pick(['header', 'body', 'query'] as const)
  if (at === 'header') return { ...request, headers: { ...headers, ...random.pick(STRANGE_HEADERS) } }
  if (at === 'query') {
    const value = encodeURIComponent(JSON.stringify(hostile(random)).toWellFormed())
    const name = random.pick(['limit', 'cursor', 'search', 'since', 'sort', 'batch', 'input', '__proto__'])
    return { ...request, path: `${path}${path.includes('?') ? '&' : '?'}${name}=${value}` }
  }
  if (body === undefined) return { ...request, path: `${path}/` }
  return { ...request, body: random.pick([...STRANGE_BODIES, body.slice(0, body.length / 2)]) }
}

const STRANGE_HEADERS: readonly Readonly<Record<string, string>>[] = [
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'application/json; charset=latin1' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-encoding': 'gzip' },
  { accept: 'text/event-stream' },
  { accept: 'image/png' },
  { 'if-match': '*' },
  { 'if-match': '"1", W/"2"' },
  { 'if-match': '\u00e9"' },
  { 'if-none-match': '"1"' },
  { 'idempotency-key': 'a b' },
  { 'idempotency-key': 'x'.repeat(256) },
  { 'last-event-id': '-1' },
  { 'last-event-id': '99999999999' },
  { 'x-request-id': '"><script>' },
  { origin: 'https://evil.example' },
  { range: 'bytes=0-10' },
  { expect: '100-continue' },
  { 'x-http-method-override': 'DELETE' },
  { 'x-forwarded-for': "127.0.0.1, ' OR 1=1" },
  { cookie: 'better-auth.session_token=x.y' },
  { 'trpc-accept': 'application/jsonl' },
  { 'mcp-protocol-version': '1999-01-01' },
  { 'mcp-session-id': 'x' },
]

const STRANGE_BODIES: readonly (string | Buffer)[] = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '1e400',
  '{"title":"a","title":"b"}',
  '{"__proto__":{"user_id":"victim"},"title":"x"}',
  '['.repeat(30_000) + ']'.repeat(30_000),
  `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`,
  Buffer.from([0xff, 0xfe, 0x7b]),
  Buffer.from('\ufeff{"title":"x"}'),
]
