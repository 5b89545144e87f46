import type { Operation, RestMeta } from '@taskwire/api'
import { exampleBody, type Components } from './example.ts'
import { bodyOrQuery, FILE, fieldsOf, headerFields } from '../rest/input.ts'
import { responsesOf } from './responses.ts'
import { inputSchema, type Schema } from './schemas.ts'

/** An operation's route as an OpenAPI operation object. */
export function operationObject(operation: Operation, rest: RestMeta, components: Components) {
  const { input, summary } = operation
  const { fields, required } = inputSchema(input)
  const { open, header } = fieldsOf(input, rest)
  const from = bodyOrQuery(rest)
  const parameters = [
    ...pathParameters(rest, fields),
    ...(from === 'query' || from === 'file' ? open.filter((name) => from !== 'file' || name !== FILE) : []).map(
      (name) => ({
        ...queryParameter(name, fields[name]),
        ...(from === 'file' && required.has(name) ? { required: true } : {}),
      }),
    ),
    ...header.map((name) => parameter('header', headerNames[headerFields[name].header], headerSchema(fields[name]))),
    ...(operation.type === 'query' && rest.etag === true ? [ifNoneMatch] : []),
  ]
  return {
    tags: [tagOf(operation)],
    summary,
    description: descriptionOf(operation, rest),
    security: [{ bearer: [] }, { oauth2: [operation.type === 'query' ? 'tasks:read' : 'tasks:write'] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(from === 'body' ? { requestBody: requestBody(open, { fields, required }, components) } : {}),
    ...(from === 'file' ? { requestBody: fileBody(fields[FILE]) } : {}),
    responses: responsesOf(operation, rest, components),
  }
}

/** What the schemas do not say: the same operation elsewhere, and the headers that matter. */
function descriptionOf({ name, summary, tool, input, type }: Operation, { answer }: RestMeta): string {
  const { if_version, idempotency_key } = input.shape
  const elsewhere = tool === undefined ? '' : `, and to the MCP tool \`${tool.name}\``
  return [
    `${summary}. Equal to \`${name}\` over tRPC${elsewhere}.`,
    answer === 'items' && 'Without `limit` it is the whole list; with `limit`, `Link` names the next page.',
    answer === 'events' && 'A client that reconnects with `Last-Event-ID` misses nothing.',
    if_version !== undefined && 'With `If-Match`, a write that was meant for an older version is refused.',
    idempotency_key !== undefined && 'With `Idempotency-Key` it is safe to repeat: one effect, the same answer.',
    type !== 'query' && name.startsWith('task.') && (name === 'task.empty_trash' ? NOT_LOGGED : UNDOABLE),
  ]
    .filter((sentence) => sentence !== false)
    .join(' ')
}

const UNDOABLE = 'Each change can be undone by its `seq`.'
const NOT_LOGGED = 'This cannot be undone, and makes no entry in the log.'

export function tagOf({ name }: Operation): string {
  return name.split('.')[0] ?? name
}

function pathParameters({ path }: RestMeta, fields: Readonly<Record<string, Schema>>) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const schema = fields[name] ?? { type: 'string', description: "The user; must be the token's user" }
    return { ...parameter('path', name, schema), required: true }
  })
}

/** A list in a query is one text with commas. */
function queryParameter(name: string, schema: Schema | undefined) {
  return { ...parameter('query', name, schema), ...(schema?.['type'] === 'array' ? { explode: false } : {}) }
}

function parameter(location: 'path' | 'query' | 'header', name: string, schema: Schema = {}) {
  const { description, ...rest } = schema
  return { name, in: location, ...(description === undefined ? {} : { description }), schema: rest }
}

const headerNames = {
  'if-match': 'If-Match',
  'idempotency-key': 'Idempotency-Key',
  'last-event-id': 'Last-Event-ID',
} as const

/** A field that is sent as a header: its value is text there. */
function headerSchema({ type, pattern, description }: Schema = {}): Schema {
  return { type: 'string', ...(type === 'string' && pattern !== undefined ? { pattern } : {}), description }
}

const ifNoneMatch = parameter('header', 'If-None-Match', {
  type: 'string',
  description: 'The ETag of the version that you have; 304 if it is still the current one',
})

function fileBody(schema: Schema = {}) {
  return { required: true, description: schema['description'], content: { '*/*': { schema: { type: 'string' } } } }
}

function requestBody(names: readonly string[], input: ReturnType<typeof inputSchema>, components: Components) {
  const properties = Object.fromEntries(names.map((name) => [name, input.fields[name] ?? {}]))
  const required = names.filter((name) => input.required.has(name))
  const schema = {
    type: 'object',
    properties,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  }
  const example = exampleBody(schema, components)
  return { required: required.length > 0, content: { 'application/json': { schema, example } } }
}
