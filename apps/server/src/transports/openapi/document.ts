import { apiErrors, type Operation } from '@taskwire/api'
import { z } from 'zod'
import pkg from '../../../package.json' with { type: 'json' }
import { authPaths } from './auth_paths.ts'
import { operationObject } from './operation.ts'
import { anyError, type Responses } from './responses.ts'
import { componentSchemas } from './schemas.ts'
import { webhooksOf } from './webhooks.ts'

/** By path, then by method. */
type Paths = Record<string, Record<string, unknown>>

/** The REST API as an OpenAPI 3.1 document: the routes of the operations and those of the server itself. */
export function openApiDocument(operations: readonly Operation[]) {
  const paths: Paths = {}
  const components = componentSchemas()
  for (const operation of operations) {
    const { rest } = operation
    if (rest === undefined) continue
    const path = (paths[rest.path] ??= {})
    rest.methods.forEach((method, index) => {
      const operationId = operation.name.replace('.', '_') + (index === 0 ? '' : `_${method.toLowerCase()}`)
      path[method.toLowerCase()] = { operationId, ...operationObject(operation, rest, components) }
    })
  }
  Object.assign(paths, authPaths, serverPaths)
  const tags = new Set(Object.values(paths).flatMap((methods) => Object.values(methods).flatMap(tagsOf)))
  return {
    openapi: '3.1.1',
    info: {
      title: 'Taskwire',
      version: pkg.version,
      description:
        'A task backend. Sign in at `/api/auth/*` (Better Auth) or use a token of your own issuer. Every path that names a user requires a token of that user.',
      contact: { name: 'Taskwire' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The server of this document' }],
    security: [{ bearer: [] }],
    tags: [...tags].map((name) => ({ name, description: tagDescriptions[name] ?? `Operations on ${name}s` })),
    paths,
    webhooks: webhooksOf(operations, components),
    components: { securitySchemes, schemas: components },
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
  oauth2: {
    type: 'oauth2',
    description:
      'For applications that users connect. PKCE is required; clients register at `/api/auth/oauth2/register`',
    flows: {
      authorizationCode: {
        authorizationUrl: '/api/auth/oauth2/authorize',
        tokenUrl: '/api/auth/oauth2/token',
        refreshUrl: '/api/auth/oauth2/token',
        scopes: {
          'tasks:read': 'Read tasks, conversations and changes',
          'tasks:write': 'Read and write',
          offline_access: 'A refresh token',
        },
      },
    },
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'better-auth.session_token',
    description: 'The session that signing in sets. It opens `/api/auth/*` only',
  },
}

const tagDescriptions: Readonly<Record<string, string>> = {
  task: 'Tasks: read and write them, alone and together',
  change: 'The log of changes: follow it, read the history of a task, undo',
  chat: 'Messages to the assistant, which works on your tasks',
  conversation: 'Conversations with the assistant',
  viewer: 'The user of the token, and their settings',
  webhook: 'Webhooks: changes and reminders sent to a URL of yours',
  reminder: 'Reminders that will fire or have fired',
  transfer: 'Export and import of tasks as files',
  feed: 'Calendar feeds to subscribe to',
  sign_in: 'Accounts, sessions, tokens and API keys',
  server: 'The state of the server',
}

function tagsOf(operation: unknown): readonly string[] {
  const { tags } = z.looseObject({ tags: z.array(z.string()).optional() }).parse(operation)
  return tags ?? []
}

function serverPath(operationId: string, summary: string, responses: Responses) {
  const description = `${summary}. Needs no token`
  return {
    get: {
      operationId,
      tags: ['server'],
      summary,
      description,
      security: [],
      responses: { ...responses, ...anyError },
    },
  }
}

function status(...values: string[]) {
  const properties = { status: { type: 'string', enum: values }, service: { type: 'string' } }
  const example = { status: values[0] }
  return { 'application/json': { schema: { type: 'object', required: ['status'], properties }, example } }
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
