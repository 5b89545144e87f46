import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { migrate } from '@taskwire/db/migrate'
import { emptyDatabase, onServer } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { request, signUp } from '../../testing/backup/person.ts'
import { runCommandFile } from '../../testing/backup/run_command.ts'
import { assertRestored, startWriters, statedTime } from '../../testing/backup/trial.ts'
import { openTemporaryDirectory } from '../../testing/compatibility/archive.ts'
import { startServer } from '../../testing/compatibility/server_process.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..', '..')
let directory: string

beforeAll(async () => {
  directory = await openTemporaryDirectory()
})
afterAll(() => rm(directory, { recursive: true }))

const backup = (args: readonly string[], variables: Record<string, string>) =>
  runCommandFile('commands/backup_command.ts', args, variables)
const restore = (args: readonly string[], variables: Record<string, string>) =>
  runCommandFile('commands/restore_command.ts', args, variables)

test('a backup of a running server under writes restores into an empty installation', async () => {
  const [original, copy, file] = ['original', 'copy', 'backup'].map((name) => join(directory, name))
  if (original === undefined || copy === undefined || file === undefined) throw new Error('three paths')
  const server = await startServer(ROOT, original)
  const person = await signUp(server.url)
  const writers = await startWriters(server.url, person, 4)
  const result = await backup([file], { TASKWIRE_DATA_DIR: original })
  const writes = await writers.stop()
  expect(result).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`${file}: `) })
  expect((await stat(file)).mode & 0o777).toBe(0o600)

  expect(await server.stop()).toBe(0)
  // What a server writes before anybody has signed up does not make an installation a used one.
  const unused = await startServer(ROOT, copy)
  await request(`${unused.url}/api/auth/jwks`)
  await request(`${unused.url}/.well-known/oauth-authorization-server`)
  expect(await unused.stop()).toBe(0)
  expect(await restore([file], { TASKWIRE_DATA_DIR: copy })).toMatchObject({ code: 0, stderr: '' })
  expect(await readFile(join(copy, 'secret'), 'utf8')).toBe(await readFile(join(original, 'secret'), 'utf8'))
  expect((await stat(join(copy, 'secret'))).mode & 0o777).toBe(0o600)
  const restored = await startServer(ROOT, copy)
  await assertRestored(restored.url, person, { time: statedTime(result.stdout), writes })
  expect(await restored.stop()).toBe(0)
})

test('what cannot work is said in one line, with exit code 1 and no file left', async () => {
  const file = join(directory, 'none')
  const dataDir = join(directory, 'empty')
  expect(await backup([file], { TASKWIRE_DATA_DIR: dataDir })).toEqual({
    code: 1,
    stdout: '',
    stderr: `there is nothing to back up: ${dataDir} (TASKWIRE_DATA_DIR) has no database\n`,
  })
  await expect(stat(file)).rejects.toThrow('ENOENT')
  expect(await restore([file], { DATABASE_URL: 'postgresql://u@127.0.0.1:1/x' })).toMatchObject({
    code: 1,
    stderr: `cannot read ${file}: ENOENT: no such file or directory, open '${file}'\n`,
  })
  expect(await backup([], {})).toMatchObject({ code: 1, stderr: expect.stringContaining('npm run backup -- FILE') })
  expect(await backup(['--what'], {})).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^Unknown option '--what'.*\n$/),
  })
  expect(await backup([file], { PORT: 'x' })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^PORT must .*\n$/),
  })
})

test('a configured secret is not in the file, and a note says when it is missing', async () => {
  const database = await emptyDatabase()
  await migrate(database.url)
  const file = join(directory, 'configured')
  const secret = 'a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5'
  const dataDir = join(directory, 'unused')
  await mkdir(dataDir)
  await writeFile(join(dataDir, 'secret'), 'not-this-one-0123456789abcdefghijkl')
  const original = { DATABASE_URL: database.url, BETTER_AUTH_SECRET: secret, TASKWIRE_DATA_DIR: dataDir }
  expect(await backup([file], original)).toMatchObject({ code: 0 })
  expect(await restore([file, '--check'], {})).toMatchObject({ code: 0, stdout: expect.stringContaining('is intact') })
  const into = async (variables: Record<string, string>) => {
    await onServer(database.url, (client) => client.query('DROP SCHEMA taskwire CASCADE'))
    return restore([file], { DATABASE_URL: database.url, TASKWIRE_DATA_DIR: dataDir, ...variables })
  }
  expect((await into({ BETTER_AUTH_SECRET: secret })).stdout).not.toContain('note:')
  expect((await into({ BETTER_AUTH_SECRET: `${secret}x` })).stdout).toContain('note: BETTER_AUTH_SECRET is not that of')
  expect((await into({})).stdout).toContain('note: set BETTER_AUTH_SECRET as it was')
  expect(await readFile(join(dataDir, 'secret'), 'utf8')).toContain('not-this-one')
  await database.drop()
})
