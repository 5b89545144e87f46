import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { rebuild } from './bundle.mjs'
import { temporaryFolder } from '../../testing/outside/index.ts'
import { run, serving } from '../../scripts/package/testing/taskwire.ts'

// What `npm start` runs in a clone. taskwire.long.test.ts tries the same programs in the package.

const folder = await temporaryFolder()
afterAll(folder.remove)
const directory = join(folder.path, 'dist')

beforeAll(async () => {
  await mkdir(directory)
  const former = [['a.mjs'], ['b.mjs'], ['c.mjs'], ['d.mjs', 'c.mjs']]
  for (const name of [...former.flat(), 'unknown.mjs']) await writeFile(join(directory, name), '')
  await writeFile(join(directory, 'builds.json'), JSON.stringify(former))
  await rebuild(directory)
})

test('the bundled server finds PostgreSQL, its migrations and the files that it serves in the clone', async () => {
  const env = { TASKWIRE_DATA_DIR: join(folder.path, 'data') }
  const server = await serving({ program: join(directory, 'start.mjs'), cwd: folder.path, env })
  onTestFinished(() => void server.child.kill('SIGKILL'))
  const token = await run({ program: join(directory, 'token.mjs'), cwd: folder.path, env }, ['--user', 'alice'])
  const headers = { authorization: `Bearer ${token.stdout.trim()}` }
  const files = ['/docs/assets/swagger-ui-bundle.js', '/docs/guide/production/scale', '/openapi.json']
  for (const path of ['/docs', '/docs/guide', ...files, '/api/alice/tasks']) {
    expect([path, (await fetch(`${server.url}${path}`, { headers })).status]).toEqual([path, 200])
  }
  // Loaded with the first request to it.
  const accept = 'application/json, text/event-stream'
  const mcp = { ...headers, accept, 'content-type': 'application/json' }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  const tools = await fetch(`${server.url}/mcp`, { method: 'POST', headers: mcp, body })
  expect(await tools.text()).toContain('add_task')
  server.child.kill('SIGTERM')
  expect(await server.closed).toBe(0)
})

test('what a server of one of the last three builds may still load is kept', async () => {
  const names = await readdir(directory)
  expect(names).toEqual(expect.arrayContaining(['a.mjs', 'b.mjs', 'c.mjs', 'start.mjs', 'doctor.mjs']))
  for (const name of ['d.mjs', 'unknown.mjs']) expect(names).not.toContain(name)
  const builds: string[][] = JSON.parse(await readFile(join(directory, 'builds.json'), 'utf8'))
  expect(builds.slice(1)).toEqual([['a.mjs'], ['b.mjs'], ['c.mjs']])
  expect([...new Set(builds.flat()), 'builds.json'].toSorted()).toEqual(names.toSorted())
})

test('a build whose list was cut off is no obstacle for the next', async () => {
  const cut = join(folder.path, 'cut')
  await mkdir(cut)
  await writeFile(join(cut, 'builds.json'), '[["a.mjs"')
  await rebuild(cut)
  expect(await readdir(cut)).toContain('start.mjs')
})
