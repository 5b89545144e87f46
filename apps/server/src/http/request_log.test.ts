import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

let server: SignInServer
const lines: string[] = []
beforeAll(async () => {
  server = await signInServer({ lines, env: { SLOW_REQUEST_MS: '1' } })
})
afterAll(() => server.close())
beforeEach(() => void (lines.length = 0))

function logged(message: string): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === message)
}

test('a request is logged with its procedure, user, actor, address, error code and the time of its statements', async () => {
  const { id, session } = await server.newUser()
  const { id: key_id, key } = await server.newKey(session, { name: 'k', configId: 'write' })
  const headers = { authorization: `Bearer ${key}` }
  lines.length = 0
  await server.app.inject({ method: 'POST', url: `/api/${id}/tasks`, headers, payload: { title: 'a title of mine' } })
  await server.app.inject({ url: `/api/${id}/tasks/99`, headers })
  await server.app.inject({ url: '/trpc/task.list,task.get?batch=1&input={"1":{"task_id":99}}', headers })
  await server.app.inject({ url: '/nowhere' })
  const user = { user_id: id, actor: `key:${key_id}`, address: '127.0.0.1', database_ms: expect.any(Number) }
  expect(logged('request completed')).toMatchObject([
    { ...user, operation: 'task.create', route: '/api/:user_id/tasks', status: 201 },
    { ...user, operation: 'task.get', code: 'task_not_found', status: 404 },
    { ...user, operation: 'task.list,task.get', code: 'task_not_found', route: '/trpc/:path', status: 207 },
    { code: 'not_found', route: null, status: 404, address: '127.0.0.1' },
  ])
  expect(logged('request completed')[0]?.['database_ms']).toBeGreaterThanOrEqual(0)
  expect(lines.join('')).not.toContain('a title of mine')
  expect(lines.join('')).not.toContain(key)
})

test('a slow request is a warning that names nothing of its user', async () => {
  const { id, token } = await server.newUser()
  lines.length = 0
  const headers = { authorization: `Bearer ${token}` }
  // A password takes longer than a millisecond in any case.
  const payload = { email: 'nobody@example.com', password: 'correct horse' }
  await server.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload })
  await server.app.inject({ url: `/api/${id}/tasks?search=x`, headers })
  const [slow] = logged('slow request')
  expect(slow).toMatchObject({ level: 'warn', route: '/api/auth/*', status: 401, ms: expect.any(Number) })
  const text = JSON.stringify(logged('slow request'))
  for (const secret of [id, token, 'nobody', '127.0.0.1']) expect(text).not.toContain(secret)
})

test('a failed sign-in is one line with the address, and a successful one is none', async () => {
  const { email } = await server.newUser()
  lines.length = 0
  const signIn = (password: string) =>
    server.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload: { email, password } })
  await signIn('not the password')
  await signIn('not the password')
  expect(logged('sign-in failed')).toMatchObject([{ level: 'warn', address: '127.0.0.1' }, { address: '127.0.0.1' }])
  expect(lines.join('')).not.toContain(email)
})

test('the filter for fail2ban finds the addresses of failed sign-ins, and nothing else', async () => {
  const filter = await readFile(new URL('../../../../deploy/fail2ban/taskwire.conf', import.meta.url), 'utf8')
  const text = /^failregex = (.*)$/m.exec(filter)?.[1] ?? ''
  const failure = new RegExp(text.replace('<ADDR>', String.raw`(?<address>[\da-f.:]+)`))
  const { email } = await server.newUser()
  lines.length = 0
  const request_id = 'x","msg":"sign-in failed'
  for (const password of ['not the password', 'password of a user']) {
    const options = { method: 'POST', url: '/api/auth/sign-in/email', headers: { 'x-request-id': request_id } } as const
    await server.app.inject({ ...options, payload: { email, password } })
  }
  const found = lines.flatMap((line) => failure.exec(line.trimEnd())?.groups?.['address'] ?? [])
  expect(found).toEqual(logged('sign-in failed').map(() => '127.0.0.1'))
  expect(found.length).toBeGreaterThan(0)
})
