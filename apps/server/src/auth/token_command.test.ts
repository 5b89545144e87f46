import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeJwt, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInServer, TEST_SECRET, type SignInServer } from './testing.ts'

const command = fileURLToPath(new URL('./token_command.ts', import.meta.url))
const SECRET = TEST_SECRET

let server: SignInServer
let dataDir: string
beforeAll(async () => {
  server = await signInServer()
  dataDir = await mkdtemp(join(tmpdir(), 'taskwire-token-'))
})
afterAll(async () => {
  await server.close()
  await rm(dataDir, { recursive: true })
})

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

function run(args: readonly string[], { input = '', ...env }: Record<string, string> = {}): Promise<Outcome> {
  const settings = { BETTER_AUTH_SECRET: SECRET, DATABASE_URL: server.database.url, TASKWIRE_DATA_DIR: dataDir, ...env }
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', command, ...args],
      { env: { PATH: process.env['PATH'], ...settings } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    )
    child.stdin?.end(input)
  })
}

const explain = (token: string) => run(['--explain'], { input: token })

test('a token for this installation is printed alone, and is accepted', async () => {
  const { code, out, err } = await run(['--user', 'alice'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const token = out.trimEnd()
  expect(await server.caller(token).viewer.get({})).toMatchObject({ id: 'alice' })
  const { exp = 0, iat = 0 } = decodeJwt(token)
  expect(exp - iat).toBe(3600)
})

test.each([
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['7d', 604_800],
])('--expires %s', async (duration, seconds) => {
  const { exp = 0, iat = 0 } = decodeJwt((await run(['--user', 'a@example.com', '--expires', duration])).out)
  expect(exp - iat).toBe(seconds)
})

test('without a configured secret the kept one of the data directory signs', async () => {
  const { out } = await run(['--user', 'alice'], { BETTER_AUTH_SECRET: '' })
  const kept = new TextEncoder().encode(await readFile(join(dataDir, 'secret'), 'utf8'))
  const again = await new SignJWT(decodeJwt(out)).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(kept)
  expect(out.trimEnd()).toBe(again)
})

test.each([
  ['no user', []],
  ['an impossible user', ['--user', 'auth']],
  ['an impossible duration', ['--user', 'alice', '--expires', 'soon']],
  ['an unknown option', ['--nope']],
])('%s is an error on standard error, and no token', async (_what, args) => {
  const { code, out, err } = await run(args)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).not.toBe('')
})

test('a bad configuration names the variable and does not show the secret', async () => {
  const { code, err } = await run(['--user', 'alice'], { BETTER_AUTH_SECRET: 'tooshort' })
  expect(code).toBe(1)
  expect(err).toContain('BETTER_AUTH_SECRET')
  expect(err).not.toContain('tooshort')
})

test('--explain says what a valid token is, of each kind', async () => {
  const { id, session, token } = await server.newUser()
  const { key } = await server.newKey(session, { name: 'k', configId: 'read' })
  const shared = (await run(['--user', 'alice'])).out
  for (const [given, words] of [
    [shared, ['Valid', '"alice"', 'secret']],
    [`Authorization: Bearer ${token}\n`, ['Valid', JSON.stringify(id), 'issuer']],
    [key, ['Valid', JSON.stringify(id), 'API key', 'only read']],
  ] as const) {
    const { code, out } = await explain(given)
    expect(code).toBe(0)
    for (const word of words) expect(out).toContain(word)
  }
})

test('--explain says why a token is refused, and shows neither it nor the secret', async () => {
  const { session } = await server.newUser()
  const sign = (claims: object, secret = SECRET) =>
    new SignJWT({ sub: 'alice', ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret))
  const now = Math.floor(Date.now() / 1000)
  const refusals: [string, string][] = [
    ['token_expired', await sign({ exp: now - 60 })],
    ['token_expiry_missing', await sign({})],
    ['token_signature_invalid', await sign({ exp: now + 60 }, 'another secret of thirty-two bytes!!')],
    ['session_token', session],
    ['api_key_invalid', `tw_${'x'.repeat(64)}`],
    ['token_malformed', 'nonsense'],
    ['not_authenticated', ''],
  ]
  for (const [reason, token] of refusals) {
    const { code, out, err } = await explain(token)
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(out).toContain(`Refused: ${reason}\n`)
    expect(out).not.toContain(SECRET)
    if (token.length > 20) expect(out).not.toContain(token.slice(-20))
  }
})
