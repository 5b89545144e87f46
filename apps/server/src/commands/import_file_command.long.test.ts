import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { testServices } from '@taskwire/api/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommandFile } from '../../testing/backup/run_command.ts'

const api = await testServices()
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskwire-transfer-'))
})
afterAll(async () => {
  await api.close()
  await rm(folder, { recursive: true })
})

const run = (name: 'export' | 'import_file', ...args: string[]) =>
  runCommandFile(`commands/${name}_command.ts`, args, { DATABASE_URL: api.database.url })

test("a user's tasks are exported into a file, and imported for another user once", async () => {
  await api.caller('ann').task.create({ title: 'Bread', due_date: '2026-12-01' })
  const file = join(folder, 'ann.json')
  expect(await run('export', '--user', 'ann', file)).toMatchObject({ code: 0, stdout: '' })
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ tasks: [{ title: 'Bread' }] })
  expect(await run('export', '--user', 'ann', file)).toMatchObject({
    code: 1,
    stderr: `${file} exists: give --force to replace it\n`,
  })
  const args = ['--user', 'ben', '--source', 'taskwire', file]
  expect(await run('import_file', ...args)).toMatchObject({
    code: 0,
    stdout: '1 created, 0 skipped, 0 failed; changes 1 to 1\n',
  })
  expect(await run('import_file', ...args)).toMatchObject({ code: 0, stdout: '0 created, 1 skipped, 0 failed\n' })
  expect((await api.caller('ben').task.list({})).items).toMatchObject([{ title: 'Bread', due_date: '2026-12-01' }])
})

/** Imports what comes on standard input. */
function piped(input: string): Promise<{ stdout: string; stderr: string }> {
  const command = fileURLToPath(new URL('import_file_command.ts', import.meta.url))
  const args = ['--disable-warning=ExperimentalWarning', command, '--user', 'pip', '--source', 'csv', '-']
  const { PATH, NODE_COMPILE_CACHE } = process.env
  return new Promise((resolve) => {
    const env = { PATH, NODE_COMPILE_CACHE, DATABASE_URL: api.database.url }
    const child = execFile(process.execPath, args, { env }, (_, stdout, stderr) => resolve({ stdout, stderr }))
    // A command that refuses its input stops reading it.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

test('standard input is imported, with lines of progress, up to the limit of a file', async () => {
  expect(await piped(`title\n${'Bread\n'.repeat(2200)}`)).toEqual({
    stdout: '2200 created, 0 skipped, 0 failed; changes 1 to 2200\n',
    stderr: '1000 of 2200 tasks written ...\n2000 of 2200 tasks written ...\n',
  })
  expect(await piped(`title\n${'x'.repeat(20 * 2 ** 20)}`)).toEqual({
    stdout: '',
    stderr: 'standard input has more than 20 MB: split it\n',
  })
})

test('what fails is one line on standard error', async () => {
  const file = join(folder, 'broken.csv')
  await writeFile(file, 'title\n"Milk')
  expect(await run('import_file', '--user', 'ben', '--source', 'csv', file)).toMatchObject({
    code: 1,
    stderr: 'This file cannot be read: line 2: a quote is not closed\n',
  })
  expect(await run('import_file', '--user', 'ben', '--source', 'xml', file)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^--source must be one of taskwire, .*\n$/),
  })
  expect(await run('export', '--user', 'ben', '--format', 'xml', '-')).toMatchObject({ code: 1 })
})
