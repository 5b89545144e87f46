import { apiErrors, exampleTask, mediaTypes, type Operation, type ErrorCode, type RestMeta } from '@taskwire/api'
import { exampleOf, type Components } from './example.ts'
import { outputSchema, reference, type Schema } from './schemas.ts'

export type Responses = Record<string, unknown>

/** All responses of an operation over REST, by status. */
export function responsesOf(operation: Operation, rest: RestMeta, components: Components): Responses {
  return { ...successOf(operation, rest, components), ...errorsOf(operation, rest) }
}

function successOf({ output, type }: Operation, rest: RestMeta, components: Components): Responses {
  if (rest.answer === 'events') return { 200: { ...described('The changes, as they happen'), ...events } }
  if (rest.answer === 'file') {
    const Disposition = header('The name of the file')
    const content = Object.fromEntries(mediaTypes.map((type) => [type, { schema: {}, example: exampleFile(type) }]))
    return { 200: { description: 'The file', headers: { ...common, 'Content-Disposition': Disposition }, content } }
  }
  if (rest.status === 204) return { 204: described('OK') }
  if (rest.answer === 'items') {
    const schema = { type: 'array', items: itemsOf(outputSchema(output)) }
    const Link = header('With `limit`, if there are more: the next page as `<...>; rel="next"`')
    return {
      200: {
        ...described('The list'),
        headers: { ...common, Link },
        content: json(schema, exampleOf(schema, components)),
      },
    }
  }
  const written = rest.dryRun?.written ?? output
  const answered = outputSchema(written)
  const content = {
    ...json(answered, exampleOf(answered, components)),
    ...(rest.streamed_by === undefined ? {} : events.content),
    ...(rest.tells_progress === true ? progress.content : {}),
  }
  if (rest.etag !== true) return { [rest.status]: { ...described('OK'), content } }
  const headers = { ...common, ETag: header('The version of the task, such as `"3"`') }
  const unchanged =
    type === 'query' ? { 304: { description: 'Not modified: you have the current version', headers } } : {}
  return { ...previewOf(rest, components), [rest.status]: { description: 'The task', headers, content }, ...unchanged }
}

/** The beginning of a file. Ours is JSON, the others are text. */
function exampleFile(type: string): unknown {
  if (type === 'application/json') return { format: 'taskwire', version: 1, tasks: [exampleTask] }
  return { 'text/calendar': 'BEGIN:VCALENDAR', 'text/csv': 'id,title' }[type] ?? 'Buy groceries'
}

function previewOf({ dryRun }: RestMeta, components: Components): Responses {
  if (dryRun === undefined) return {}
  const schema = outputSchema(dryRun.preview)
  return { 200: { ...described('With `dry_run`'), content: json(schema, exampleOf(schema, components)) } }
}

function itemsOf({ properties }: Schema): Schema {
  const items = isObject(properties) ? properties['items'] : undefined
  const element = isObject(items) ? items['items'] : undefined
  return isObject(element) ? element : {}
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function errorsOf(operation: Operation, rest: RestMeta): Responses {
  return errorResponses(codesOf(operation, rest))
}

function errorResponses(codes: readonly ErrorCode[]): Responses {
  const byStatus = Map.groupBy(codes, (code) => apiErrors[code].status)
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, some]) => {
        const texts = some.map((code) => `\`${code}\`: ${apiErrors[code].detail}`)
        return [
          status,
          { description: texts.join('\n\n'), headers: errorHeaders(status, some), content: errorBody(some) },
        ]
      }),
  )
}

/** Every code with which an operation can fail on REST. */
function codesOf({ type, input, errors = [] }: Operation, rest: RestMeta): ErrorCode[] {
  const { if_version, idempotency_key } = input.shape
  const named = Object.keys(apiErrors).filter((code): code is ErrorCode => code in apiErrors)
  const possible = new Set<ErrorCode>([
    ...named.filter((code) => apiErrors[code].status === 401),
    ...(rest.path.includes('{user_id}') ? (['user_mismatch'] as const) : []),
    ...(type === 'mutation' ? (['scope_insufficient', 'payload_too_large'] as const) : []),
    ...(rest.input === 'file' ? (['unsupported_media_type'] as const) : []),
    ...(rest.methods.some((method) => method !== 'GET' && method !== 'DELETE') && rest.input === undefined
      ? (['unsupported_media_type', 'malformed_json'] as const)
      : []),
    'validation_failed',
    ...(if_version === undefined ? [] : (['version_mismatch'] as const)),
    ...(idempotency_key === undefined ? [] : (['idempotency_key_reused'] as const)),
    ...errors,
    'rate_limited',
    'headers_too_large',
    'internal_error',
    'overloaded',
    'database_unavailable',
  ])
  return named.filter((code) => possible.has(code))
}

function errorHeaders(status: number, codes: readonly ErrorCode[]): Responses {
  if (status === 401) return { ...common, 'WWW-Authenticate': header('`Bearer`') }
  if (codes.some((code) => apiErrors[code].retry !== 'never')) {
    return { ...common, 'Retry-After': header('Seconds after which a retry may succeed', 'integer') }
  }
  return common
}

function described(description: string) {
  return { description, headers: common }
}

function header(description: string, type = 'string') {
  return { description, schema: { type } }
}

const common = { 'X-Request-Id': header('The id of the request: your own if you sent a well-formed one') }

function json(schema: Schema, example: unknown) {
  return { 'application/json': { schema, example } }
}

const events = {
  content: {
    'text/event-stream': {
      schema: { type: 'string' },
      example: 'id: 8\nevent: change\ndata: {"seq":8,"task_id":1}\n\n',
    },
  },
}

const progress = {
  content: {
    'text/event-stream': {
      schema: { type: 'string' },
      example: 'event: progress\ndata: {"written":500,"total":2000}\n\n',
    },
  },
}

/** An error with the first of these codes. */
function errorBody([code = 'internal_error']: readonly ErrorCode[]) {
  const invalid = [{ type: 'missing', loc: ['body', 'title'], msg: 'Field required' }]
  const detail = code === 'validation_failed' ? invalid : apiErrors[code].detail
  return json(reference('Error'), { detail, code, request_id: '0b8f1f0e-6f3c-4c56-9d2a-3f5f2b8f9a11' })
}

/** The errors that every request can have. */
export const anyError: Responses = errorResponses(['headers_too_large', 'internal_error'])
