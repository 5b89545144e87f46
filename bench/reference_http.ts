import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { jwtVerify } from 'jose'
import pg from 'pg'

/**
 * The least that Node can do for the same four routes: `node:http` and pg, without a framework or schemas. Tokens are
 * verified once and then cached. It shares the tables of reference.ts, which has to be started first.
 */
const { PORT, DATABASE_URL, BETTER_AUTH_SECRET } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 30 })
const secret = new TextEncoder().encode(BETTER_AUTH_SECRET)
const verified = new Map<string, string>()

/** What a route reads: the user and the task of the path, and the body of a request that has one. */
interface RouteRequest {
  readonly user: string
  readonly id: number
  readonly request: IncomingMessage
}

interface Statement {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}

const list = ({ user }: RouteRequest): Statement => ({
  name: 'list',
  text: 'SELECT * FROM reference.task WHERE user_id = $1 ORDER BY created_at DESC',
  values: [user],
})

const get = ({ user, id }: RouteRequest): Statement => ({
  name: 'get',
  text: 'SELECT * FROM reference.task WHERE id = $1 AND user_id = $2',
  values: [id, user],
})

const toggle = ({ user, id }: RouteRequest): Statement => ({
  name: 'toggle',
  text: `UPDATE reference.task SET completed = NOT completed, updated_at = now()
         WHERE id = $1 AND user_id = $2 RETURNING *`,
  values: [id, user],
})

async function create({ user, request }: RouteRequest): Promise<Statement> {
  const { title, description } = JSON.parse(await text(request)) as { title: unknown; description: unknown }
  if (typeof title !== 'string' || title === '' || title.length > 200) throw new TypeError('title')
  return {
    name: 'create',
    text: 'INSERT INTO reference.task (user_id, title, description) VALUES ($1, $2, $3) RETURNING *',
    values: [user, title, description],
  }
}

createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    send(response, 500, { detail: String(error) })
  })
}).listen(Number(PORT), '127.0.0.1')

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, , user = '', , id, action] = (request.url ?? '').split('/')
  if (request.url === '/health/ready') return send(response, 200, { status: 'ready' })
  if ((await userOf(request)) !== user) return send(response, 403, { detail: 'Forbidden' })
  const call = { user, id: Number(id), request }
  if (id === undefined && request.method === 'GET') return send(response, 200, await rows(list(call)))
  if (id === undefined) return send(response, 201, (await rows(await create(call)))[0])
  const [row] = await rows(action === undefined ? get(call) : toggle(call))
  return row === undefined ? send(response, 404, { detail: 'Task not found' }) : send(response, 200, row)
}

async function userOf({ headers }: IncomingMessage): Promise<string> {
  const token = headers.authorization?.slice(7) ?? ''
  const known = verified.get(token)
  if (known !== undefined) return known
  const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'] })
  verified.set(token, payload.sub ?? '')
  return payload.sub ?? ''
}

const rows = async (statement: Statement): Promise<unknown[]> => (await pool.query(statement)).rows

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
