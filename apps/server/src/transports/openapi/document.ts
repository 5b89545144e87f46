import { apiErrors, type Operation } from '@taskwire/api'
import pkg from '../../../package.json' with { type: 'json' }
import { operationObject } from './operation.ts'
import { anyError, type Responses } from './responses.ts'
import { componentSchemas } from './schemas.ts'

/** By path, then by method. */
type Paths = Record<string, Record<string, unknown>>

/** The REST API as an OpenAPI 3.1 document: the routes of the operations and those of the server itself. */
export function openApiDocument(operations: readonly Operation[]) {
  const paths: Paths = {}
  for (const operation of operations) {
    const { rest } = operation
    if (rest === undefined) continue
    const path = (paths[rest.path] ??= {})
    rest.methods.forEach((method, index) => {
      const operationId = operation.name.replace('.', '_') + (index === 0 ? '' : `_${method.toLowerCase()}`)
      path[method.toLowerCase()] = { operationId, ...operationObject(operation, rest) }
    })
  }
  Object.assign(paths, serverPaths)
  return {
    openapi: '3.1.1',
    info: {
      title: 'Taskwire',
      version: pkg.version,
      description:
        'A task backend. Sign in at `/api/auth/*` (Better Auth) or use a token of your own issuer. Every path that names a user requires a token of that user.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The server of this document' }],
    security: [{ bearer: [] }],
    paths,
    components: { securitySchemes, schemas: componentSchemas() },
    'x-taskwire-errors': errorTable(),
  }
}

/** What a program needs to handle a code: its status, whether a retry can help, and what the error is about. */
function errorTable() {
  return Object.fromEntries(
    Object.entries(apiErrors).map(([code, { status, retry, about }]) => [code, { status, retry, about }]),
  )
}

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A JWT whose `sub` is the user, or a personal API key, which starts with `tw_`',
  },
}

function serverPath(operationId: string, summary: string, responses: Responses) {
  return { get: { operationId, tags: ['server'], summary, security: [], responses: { ...responses, ...anyError } } }
}

function status(...values: string[]) {
  const properties = { status: { type: 'string', enum: values }, service: { type: 'string' } }
  return { 'application/json': { schema: { type: 'object', required: ['status'], properties } } }
}

const feedFile = serverPath('calendar', 'The dated tasks of a calendar feed, as VTODO and VEVENT', {
  200: { description: 'The calendar', content: { 'text/calendar': { schema: { type: 'string' } } } },
  304: { description: 'Not modified: If-None-Match names what you have' },
})
const feedToken = { name: 'feed_token', in: 'path', required: true, schema: { type: 'string' } }

const serverPaths = {
  '/feeds/{feed_token}.ics': { get: { ...feedFile.get, parameters: [feedToken] } },
  '/health': serverPath('health', 'Liveness', {
    200: { description: 'OK', content: status('healthy') },
  }),
  '/health/ready': serverPath('ready', 'Readiness: the database is available and the server is not stopping', {
    200: { description: 'Ready', content: status('ready') },
    503: { description: 'Unavailable', content: status('unavailable') },
  }),
}
