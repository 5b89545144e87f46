import type { Operation, RestMeta } from '@taskwire/api'
import { bodyOrQuery, FILE, fieldsOf, headerFields } from '../rest/input.ts'
import { responsesOf } from './responses.ts'
import { inputSchema, type Schema } from './schemas.ts'

/** An operation's route as an OpenAPI operation object. */
export function operationObject(operation: Operation, rest: RestMeta) {
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
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(from === 'body' ? { requestBody: requestBody(open, fields, required) } : {}),
    ...(from === 'file' ? { requestBody: fileBody(fields[FILE]) } : {}),
    responses: responsesOf(operation, rest),
  }
}

function tagOf({ name }: Operation): string {
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

function requestBody(
  names: readonly string[],
  fields: Readonly<Record<string, Schema>>,
  required: ReadonlySet<string>,
) {
  const properties = Object.fromEntries(names.map((name) => [name, fields[name] ?? {}]))
  const requiredNames = names.filter((name) => required.has(name))
  const schema = {
    type: 'object',
    properties,
    ...(requiredNames.length === 0 ? {} : { required: requiredNames }),
    additionalProperties: false,
  }
  return { required: requiredNames.length > 0, content: { 'application/json': { schema } } }
}
