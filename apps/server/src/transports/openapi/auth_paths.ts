import { exampleOf } from './example.ts'
import type { Schema } from './schemas.ts'

/** The routes of sign-in that one needs to get a token or a key. They are Better Auth's, so their schemas are written here. */
export const authPaths = {
  '/api/auth/sign-up/email': post('signUp', {
    summary: 'Create an account',
    description: 'Answers with a session: its cookie, and its token in the body and in `set-auth-token`.',
    body: object({
      name: text('Ann'),
      email: text('ann@example.com', 'email'),
      password: text('correct horse battery'),
    }),
    answer: object({ token: { type: ['string', 'null'], examples: ['t0k3n'] }, user: user() }),
  }),
  '/api/auth/sign-in/email': post('signIn', {
    summary: 'Sign in',
    description: 'Answers with a session, as signing up does.',
    body: object({ email: text('ann@example.com', 'email'), password: text('correct horse battery') }),
    answer: object({ token: text('t0k3n'), user: user() }),
  }),
  '/api/auth/sign-out': post('signOut', {
    summary: 'End the session',
    description: 'Ends the session of the cookie, and the tokens that were made with it.',
    session: true,
    answer: object({ success: { type: 'boolean' } }),
  }),
  '/api/auth/token': get('token', {
    summary: 'Get a token for the API',
    description: 'A JWT for the user of the session, valid for 15 minutes.',
    session: true,
    answer: object({ token: text('eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhbm4ifQ.c2ln') }),
  }),
  '/api/auth/api-key/create': post('createApiKey', {
    summary: 'Create an API key',
    description: 'The key is in this answer only. It expires after 90 days unless `expiresIn` says otherwise.',
    session: true,
    body: object(
      {
        name: text('laptop'),
        configId: { type: 'string', enum: ['read', 'write'], description: 'Whether it may change anything' },
        expiresIn: { type: 'integer', description: 'In seconds, a year at most', examples: [2_592_000] },
      },
      ['name', 'configId'],
    ),
    answer: object({ id: text('k1'), key: text('tw_4fT9'), name: text('laptop') }),
  }),
  '/api/auth/api-key/list': get('listApiKeys', {
    summary: 'List your API keys',
    description: 'Without the keys themselves, of which only hashes are stored.',
    session: true,
    answer: object({ apiKeys: { type: 'array', items: object({ id: text('k1'), name: text('laptop') }) } }),
  }),
  '/api/auth/api-key/delete': post('deleteApiKey', {
    summary: 'Revoke an API key',
    description: 'It stops working within 5 s, on every replica.',
    session: true,
    body: object({ keyId: text('k1') }),
    answer: object({ success: { type: 'boolean' } }),
  }),
}

interface Route {
  readonly summary: string
  readonly description: string
  /** Whether it needs the cookie of a session. */
  readonly session?: boolean
  readonly body?: Schema
  readonly answer: Schema
}

function get(operationId: string, { summary, description, session, answer }: Route) {
  const security = session === true ? [{ session: [] }] : [{ bearer: [] }, { oauth2: ['tasks:read'] }]
  return { get: { operationId, tags: ['sign_in'], summary, description, security, responses: responses(answer) } }
}

function post(operationId: string, { summary, description, session, body, answer }: Route) {
  const requestBody = body && { required: true, content: json(body) }
  const security = session === true ? [{ session: [] }] : []
  const operation = { operationId, tags: ['sign_in'], summary, description, security, responses: responses(answer) }
  return { post: { ...operation, ...(requestBody && { requestBody }) } }
}

function responses(answer: Schema) {
  const error = object({ code: text('INVALID_EMAIL_OR_PASSWORD'), message: text('Invalid email or password') }, [])
  return {
    200: { description: 'OK', content: json(answer) },
    '4XX': { description: 'Refused: `code` says why', content: json(error) },
  }
}

function json(schema: Schema) {
  return { 'application/json': { schema, example: exampleOf(schema, {}) } }
}

function object(properties: Record<string, Schema>, required = Object.keys(properties)): Schema {
  return { type: 'object', ...(required.length > 0 && { required }), properties }
}

function text(example: string, format?: string): Schema {
  return { type: 'string', ...(format !== undefined && { format }), examples: [example] }
}

function user(): Schema {
  return object({ id: text('ann'), name: text('Ann'), email: text('ann@example.com', 'email') })
}
