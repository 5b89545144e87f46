import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeJwt, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInServer, TEST_SECRET, type SignInServer } from '../../testing/sign_in_server.ts'

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
      { env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...settings } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    )
    child.stdin?.end(input)
  })
}

test('the command prints only a token, which the server accepts', async () => {
  const { code, out, err } = await run(['--user', 'alice'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const token = out.trimEnd()
  expect(await server.caller(token).viewer.get({})).toMatchObject({ id: 'alice' })
  const { exp = 0, iat = 0 } = decodeJwt(token)
  expect(exp - iat).toBe(3600)
})

test('--expires sets its lifetime', async () => {
  const { exp = 0, iat = 0 } = decodeJwt((await run(['--user', 'a@example.com', '--expires', '7d'])).out)
  expect(exp - iat).toBe(604_800)
})

test('without a configured secret the command signs with the secret in the data directory', async () => {
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
])('%s prints an error on standard error and no token', async (_what, args) => {
  const { code, out, err } = await run(args)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).not.toBe('')
})

test('the error about an invalid configuration names the variable and does not show the secret', async () => {
  const { code, err } = await run(['--user', 'alice'], { BETTER_AUTH_SECRET: 'tooshort' })
  expect(code).toBe(1)
  expect(err).toContain('BETTER_AUTH_SECRET')
  expect(err).not.toContain('tooshort')
})

test('--explain explains a token and exits non-zero if it is invalid', async () => {
  const { out: token } = await run(['--user', 'alice'])
  expect(await run(['--explain'], { input: token })).toMatchObject({ code: 0, out: expect.stringContaining('Valid\n') })
  expect(await run(['--explain'], { input: 'nonsense' })).toMatchObject({
    code: 1,
    out: expect.stringContaining('Invalid: token_malformed\n'),
  })
})
