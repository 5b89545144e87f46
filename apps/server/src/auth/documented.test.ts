import { execFile, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0

let server: SignInServer
let url: string
beforeAll(async () => {
  server = await signInServer()
  url = await server.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => server.close())

test.skipIf(!hasCurl)("the README's first calls take a new user from sign-up to a list of tasks", async () => {
  const page = await readFile(new URL('../../../../README.md', import.meta.url), 'utf8')
  const lines = /## First calls[^]*?```sh\n([^]*?)```/.exec(page)?.[1] ?? ''
  expect(lines).toContain('URL=http://127.0.0.1:8000\n')
  const script = lines.replace('http://127.0.0.1:8000', url)
  const { stdout } = await promisify(execFile)('sh', ['-euc', script])
  const [created, ...lists] = stdout.replace(/(?<=[}\]])(?=[[{])/g, '\n').split('\n')
  expect(JSON.parse(created ?? '')).toMatchObject({ title: 'Buy milk', completed: false, version: 1 })
  expect(lists).toHaveLength(2)
  for (const list of lists) expect(JSON.parse(list)).toMatchObject([{ title: 'Buy milk' }])
})
