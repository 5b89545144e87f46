import Fastify from 'fastify'
import { jwtVerify } from 'jose'
import pg from 'pg'

/**
 * A careful handwritten server for the same four routes: Fastify and pg, tokens verified once and then
 * cached, no ORM, no RPC, no change log, no preconditions. Every figure of the bench is also given relative to it.
 */
const { PORT, DATABASE_URL, BETTER_AUTH_SECRET } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 30 })
const secret = new TextEncoder().encode(BETTER_AUTH_SECRET)
const verified = new Map<string, string>()

await pool.query(`
  CREATE SCHEMA IF NOT EXISTS reference;
  CREATE TABLE IF NOT EXISTS reference.task (
    id serial PRIMARY KEY, user_id varchar(128) NOT NULL, title varchar(200) NOT NULL, description varchar(1000),
    completed boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
  CREATE INDEX IF NOT EXISTS task_user ON reference.task (user_id, created_at DESC)`)

interface Tasks {
  Params: { user_id: string; id: number }
  Body: { title: string; description?: string }
}

const app = Fastify()
const params = { type: 'object', properties: { user_id: { type: 'string' }, id: { type: 'integer' } } }
const text = { type: ['string', 'null'] }
const task = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    user_id: { type: 'string' },
    title: { type: 'string' },
    description: text,
    completed: { type: 'boolean' },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
}

app.addHook<Tasks>('onRequest', async (request, reply) => {
  if (request.url === '/health/ready') return undefined
  const token = request.headers.authorization?.slice(7) ?? ''
  let user = verified.get(token)
  if (user === undefined) {
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'] })
    user = payload.sub ?? ''
    verified.set(token, user)
  }
  if (user !== request.params.user_id) return reply.code(403).send({ detail: 'Forbidden' })
  return undefined
})

app.get<Tasks>(
  '/api/:user_id/tasks',
  { schema: { response: { 200: { type: 'array', items: task } } } },
  async (request) => {
    const { rows } = await pool.query({
      name: 'list',
      text: 'SELECT * FROM reference.task WHERE user_id = $1 ORDER BY created_at DESC',
      values: [request.params.user_id],
    })
    return rows
  },
)

app.get<Tasks>('/api/:user_id/tasks/:id', { schema: { params, response: { 200: task } } }, async (request, reply) => {
  const { rows } = await pool.query({
    name: 'get',
    text: 'SELECT * FROM reference.task WHERE id = $1 AND user_id = $2',
    values: [request.params.id, request.params.user_id],
  })
  return rows[0] ?? reply.code(404).send({ detail: 'Task not found' })
})

const body = {
  type: 'object',
  required: ['title'],
  properties: {
    title: { type: 'string', minLength: 1, maxLength: 200 },
    description: { type: 'string', maxLength: 1000 },
  },
}
app.post<Tasks>('/api/:user_id/tasks', { schema: { body, response: { 201: task } } }, async (request, reply) => {
  const { rows } = await pool.query({
    name: 'create',
    text: 'INSERT INTO reference.task (user_id, title, description) VALUES ($1, $2, $3) RETURNING *',
    values: [request.params.user_id, request.body.title, request.body.description],
  })
  return reply.code(201).send(rows[0])
})

app.patch<Tasks>(
  '/api/:user_id/tasks/:id/complete',
  { schema: { params, response: { 200: task } } },
  async (request, reply) => {
    const { rows } = await pool.query({
      name: 'toggle',
      text: `UPDATE reference.task SET completed = NOT completed, updated_at = now()
           WHERE id = $1 AND user_id = $2 RETURNING *`,
      values: [request.params.id, request.params.user_id],
    })
    return rows[0] ?? reply.code(404).send({ detail: 'Task not found' })
  },
)

app.get('/health/ready', () => ({ status: 'ready' }))
await app.listen({ host: '127.0.0.1', port: Number(PORT) })
