import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommandFile } from '../../testing/backup/run_command.ts'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

let server: SignInServer
beforeAll(async () => {
  server = await signInServer()
})
afterAll(() => server.close())

const PASSWORD = 'correct horse battery'

async function member(name: string) {
  const email = `${name}@example.com`
  const signUp = { name, email, password: PASSWORD }
  const { json } = await post('/api/auth/sign-up/email', signUp)
  const { key } = await server.newKey(json.token, { name: 'k', configId: 'write' })
  return { id: String(json.user.id), email, key, session: String(json.token) }
}

async function post(url: string, payload: object) {
  const response = await server.app.inject({ method: 'POST', url, payload })
  return { status: response.statusCode, json: response.json() }
}

const user = (...args: string[]) =>
  runCommandFile('commands/user_command.ts', args, { DATABASE_URL: server.database.url })
const signIn = async (email: string) => (await post('/api/auth/sign-in/email', { email, password: PASSWORD })).status

/** A key is cached for a moment, so only a server that has not seen it knows its state at once. */
async function keyStatus({ id, key }: { id: string; key: string }): Promise<number> {
  const fresh = await signInServer({ database: server.database })
  const headers = { authorization: `Bearer ${key}` }
  return (await fresh.app.inject({ url: `/api/${id}/tasks`, headers })).statusCode
}

test('a disabled account has no session and no way in until it is enabled again', async () => {
  const ann = await member('ann')
  expect(await user('disable', 'Ann@example.com')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('ann@example.com is disabled'),
  })
  expect([await signIn(ann.email), await keyStatus(ann)]).toEqual([401, 401])
  expect(await server.database.db.session.count({ where: { userId: ann.id } })).toBe(0)
  expect((await user('list')).stdout).toMatch(/ann@example\.com .* 0 tasks {2}1 keys {2}disabled\n/)
  await user('disable', ann.id)
  expect(await user('enable', ann.id)).toMatchObject({ code: 0 })
  expect([await signIn(ann.email), await keyStatus(ann)]).toEqual([200, 200])
})

test('keys are revoked, and an account is deleted with its tasks, when --yes says so', async () => {
  const ben = await member('ben')
  const other = await member('other')
  const headers = { authorization: `Bearer ${ben.key}` }
  await server.app.inject({ method: 'POST', url: `/api/${ben.id}/tasks`, headers, payload: { title: 'x' } })
  expect(await user('delete', ben.email)).toMatchObject({
    code: 1,
    stderr: 'this cannot be undone: repeat it with --yes\n',
  })
  expect(await user('revoke-keys', ben.email)).toMatchObject({ code: 0, stdout: 'ben@example.com: 1 keys revoked\n' })
  expect(await keyStatus(ben)).toBe(401)
  expect(await user('delete', ben.email, '--yes')).toMatchObject({ code: 0 })
  expect(await server.database.db.task.count({ where: { user_id: ben.id } })).toBe(0)
  const { stdout } = await user('list', '--json')
  const left: { email: string }[] = JSON.parse(stdout)
  expect(left.map(({ email }) => email)).not.toContain(ben.email)
  expect([await keyStatus(other), await signIn(other.email)]).toEqual([200, 200])
})

test('an unknown account or action is one line or the usage, with exit code 1', async () => {
  expect(await user('disable', 'nobody@example.com')).toMatchObject({
    code: 1,
    stderr: 'there is no account nobody@example.com: npm run user -- list shows all\n',
  })
  for (const args of [[], ['list', 'x'], ['disable'], ['destroy', 'x']]) {
    expect(await user(...args)).toMatchObject({ code: 1, stderr: expect.stringContaining('npm run user -- list') })
  }
})
