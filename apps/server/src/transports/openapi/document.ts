import { apiErrors, type Operation, type RestMeta } from '@taskwire/api'
import pkg from '../../../package.json' with { type: 'json' }
import { anyError, responsesOf, type Responses } from './responses.ts'
import { componentSchemas, inputSchema, type Schema } from './schemas.ts'
import { bodyOrQuery, fieldsOf, headerFields } from '../rest/input.ts'

/** By path, then by method. */
type Paths = Record<string, Record<string, unknown>>

/** The REST door as an OpenAPI 3.1 document: the routes of the operations, and those of the server itself. */
export function openApiDocument(operations: readonly Operation[]) {
  const paths: Paths = {}
  for (const operation of operations) {
    const { rest } = operation
    if (rest === undefined) continue
    const path = (paths[rest.path] ??= {})
    rest.methods.forEach((method, index) => {
      const operationId = operation.name.replace('.', '_') + (index === 0 ? '' : `_${method.toLowerCase()}`)
      path[method.toLowerCase()] = { operationId, ...pathItem(operation, rest) }
    })
  }
  Object.assign(paths, serverPaths)
  return {
    openapi: '3.1.1',
    info: {
      title: 'Taskwire',
      version: pkg.version,
      description:
        'A task backend. Sign in at `/api/auth/*` (Better Auth), or bring a token of your own; every path that names a user needs a token of that user.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this document comes from' }],
    security: [{ bearer: [] }],
    paths,
    components: { securitySchemes, schemas: componentSchemas() },
    'x-taskwire-errors': errorTable(),
  }
}

/** What a program needs to react to a code: its status, whether a repeat can help, and what the error is about. */
function errorTable() {
  return Object.fromEntries(
    Object.entries(apiErrors).map(([code, { status, retry, about }]) => [code, { status, retry, about }]),
  )
}

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A JWT (`sub` is the user), or a personal API key, which starts with `tw_`',
  },
}

function tagOf({ name }: Operation): string {
  return name.split('.')[0] ?? name
}

function pathItem(operation: Operation, rest: RestMeta) {
  const { input, summary } = operation
  const { fields, required } = inputSchema(input)
  const { open, header } = fieldsOf(input, rest)
  const from = bodyOrQuery(rest)
  const parameters = [
    ...pathParameters(rest, fields),
    ...(from === 'query' ? open.map((name) => parameter('query', name, fields[name])) : []),
    ...header.map((name) => parameter('header', headerNames[headerFields[name].header], headerSchema(fields[name]))),
    ...(operation.type === 'query' && rest.etag === true ? [ifNoneMatch] : []),
  ]
  return {
    tags: [tagOf(operation)],
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(from === 'body' ? { requestBody: bodyOf(open, fields, required) } : {}),
    responses: responsesOf(operation, rest),
  }
}

function pathParameters({ path }: RestMeta, fields: Readonly<Record<string, Schema>>) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const schema = fields[name] ?? { type: 'string', description: "The token's user" }
    return { ...parameter('path', name, schema), required: true }
  })
}

function parameter(place: 'path' | 'query' | 'header', name: string, schema: Schema = {}) {
  const { description, ...rest } = schema
  return { name, in: place, ...(description === undefined ? {} : { description }), schema: rest }
}

const headerNames = {
  'if-match': 'If-Match',
  'idempotency-key': 'Idempotency-Key',
  'last-event-id': 'Last-Event-ID',
} as const

/** In a header every value is text; what the field is for stays. */
function headerSchema({ type, pattern, description }: Schema = {}): Schema {
  return { type: 'string', ...(type === 'string' && pattern !== undefined ? { pattern } : {}), description }
}

const ifNoneMatch = parameter('header', 'If-None-Match', {
  type: 'string',
  description: 'The ETag of the version that you have: 304 if it is still that',
})

function bodyOf(names: readonly string[], fields: Readonly<Record<string, Schema>>, required: ReadonlySet<string>) {
  const properties = Object.fromEntries(names.map((name) => [name, fields[name] ?? {}]))
  const needed = names.filter((name) => required.has(name))
  const schema = {
    type: 'object',
    properties,
    ...(needed.length === 0 ? {} : { required: needed }),
    additionalProperties: false,
  }
  return { required: needed.length > 0, content: { 'application/json': { schema } } }
}

function serverPath(operationId: string, summary: string, responses: Responses) {
  return { get: { operationId, tags: ['server'], summary, security: [], responses: { ...responses, ...anyError } } }
}

function status(...values: string[]) {
  const properties = { status: { type: 'string', enum: values }, service: { type: 'string' } }
  return { 'application/json': { schema: { type: 'object', required: ['status'], properties } } }
}

const serverPaths = {
  '/health': serverPath('health', 'Whether the process lives', {
    200: { description: 'It does', content: status('healthy') },
  }),
  '/health/ready': serverPath('ready', 'Whether it can serve: the database answers, and it is not stopping', {
    200: { description: 'It can', content: status('ready') },
    503: { description: 'It cannot now', content: status('unavailable') },
  }),
}
