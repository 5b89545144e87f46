import { bodyOrQuery, FILE } from '../../src/transports/rest/input.ts'
import type { HttpRequest } from './http.ts'
import type { MatrixCall, Route } from './transports.ts'

/** A request that has to be refused whoever sends it. */
export interface BadRequest {
  readonly what: string
  readonly request: HttpRequest
  readonly code: string
}

/** No field of any operation accepts it. */
const NOTHING = { not_accepted: 1 }
/** The same for fields that are text: none accepts NUL. */
const NOTHING_AS_TEXT = '\0'

/** Everything about a route that can be malformed, one thing at a time. */
export function malformed(route: Route, call: MatrixCall): BadRequest[] {
  return [...badFields(route, call), ...badSyntax(route, call)]
}

function badFields(route: Route, call: MatrixCall): BadRequest[] {
  const { rest, fields } = route
  // Of a header, only what Node sends at all can be wrong; If-Match is never malformed: it then matches nothing.
  const headers: Readonly<Record<string, unknown>> = { idempotency_key: 'a b', lastEventId: 'x' }
  const isText = (name: string) => rest !== undefined && (bodyOrQuery(rest.meta) !== 'body' || isInPath(route, name))
  const value = (name: string) =>
    rest !== undefined && name in headers ? headers[name] : isText(name) ? NOTHING_AS_TEXT : NOTHING
  const each = fields
    .filter((name) => !(rest !== undefined && name === 'if_version'))
    .map((name) => ({ what: name, args: { ...call.args, [name]: value(name) } }))
  const unknown = { what: 'an unknown field', args: { ...call.args, not_accepted: 1 } }
  const ignoresUnknown = rest !== undefined && bodyOrQuery(rest.meta) !== 'body'
  return [...each, ...(ignoresUnknown ? [] : [unknown])].map(({ what, args }) => ({
    what,
    request: route.request({ ...call, args }),
    code: what === FILE && rest !== undefined ? 'import_unreadable' : 'validation_failed',
  }))
}

function isInPath({ rest }: Route, name: string): boolean {
  return rest?.meta.path.includes(`{${name}}`) === true
}

const NOT_JSON: readonly [string, string | Buffer][] = [
  ['half a body', '{"title":'],
  ['a body that is a word', 'title'],
  ['a body of a NUL', '\0'],
]

function badSyntax(route: Route, call: MatrixCall): BadRequest[] {
  const request = route.request(call)
  const { path, body } = request
  const escape = path.replace(/^\/api\/[^/?]+/, '/api/%zz')
  const inPath =
    escape === path || route.via !== 'rest'
      ? []
      : [{ what: 'a bad escape', request: { ...request, path: escape }, code: 'validation_failed' }]
  // A file may be of any type and syntax.
  if (body !== undefined && route.rest?.meta.input === 'file') return inPath
  if (body === undefined) {
    if (route.via !== 'trpc') return inPath
    const broken = { ...request, path: path.replace(/input=.*/, 'input={') }
    return [{ what: 'half an input', request: broken, code: 'malformed_json' }]
  }
  const xml = { ...request, headers: { ...request.headers, 'content-type': 'text/xml' } }
  return [
    ...inPath,
    ...NOT_JSON.map(([what, text]) => ({ what, request: { ...request, body: text }, code: 'malformed_json' })),
    { what: 'a body of another type', request: xml, code: 'unsupported_media_type' },
  ]
}

/** Longer than every limit for a body or for headers. */
const BYTES = 30_000_000
const LETTERS = 20_000

/** Requests that are longer than a route accepts. */
export function oversized(route: Route, call: MatrixCall): BadRequest[] {
  const request = route.request(call)
  const { method, path, body: _, ...rest } = request
  const long = `${path.includes('?') ? '&' : '?'}long=${'x'.repeat(LETTERS)}`
  const url = { what: 'a long URL', request: { ...request, path: path + long }, code: 'headers_too_large' }
  const header = { ...request.headers, 'x-long': 'x'.repeat(LETTERS) }
  const headers = { what: 'long headers', request: { ...request, headers: header }, code: 'headers_too_large' }
  if (method === 'GET') return [url, headers]
  const body = { what: 'a long body', request: { method, path, ...rest, announced: BYTES }, code: 'payload_too_large' }
  return [url, headers, body]
}
