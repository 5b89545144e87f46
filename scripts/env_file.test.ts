import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'taskwire-env-file-'))
})
afterAll(() => rm(directory, { recursive: true }))

const module = new URL('env_file.mjs', import.meta.url).href

/** The output of a process that takes its flags from the `.env` of a directory, as the commands of run.mjs do. */
function run(path: string, env: Record<string, string> = {}) {
  const program = 'console.log(JSON.stringify({ PORT: process.env.PORT, LOG_LEVEL: process.env.LOG_LEVEL }))'
  const launcher = `import { spawnSync } from 'node:child_process'
    import { envFileFlags } from '${module}'
    spawnSync(process.execPath, [...envFileFlags(${JSON.stringify(path)}), '-e', ${JSON.stringify(program)}], { stdio: 'inherit' })`
  const options = { encoding: 'utf8', env: { PATH: process.env['PATH'], ...env } } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', launcher], options)
  return { status, stdout: stdout.trim(), stderr }
}

test('.env is read, and the environment takes precedence over it', async () => {
  await writeFile(join(directory, '.env'), 'PORT=9001\nLOG_LEVEL="debug" # why\n')
  expect(run(directory, { PORT: '9002' })).toMatchObject({ stdout: '{"PORT":"9002","LOG_LEVEL":"debug"}', status: 0 })
})

test('a directory without .env is no error', () => {
  expect(run(join(directory, 'elsewhere'))).toMatchObject({ stdout: '{}', status: 0 })
})

test('an unreadable .env causes one line of output and exit code 1', async () => {
  const broken = join(directory, 'broken')
  await mkdir(join(broken, '.env'), { recursive: true })
  expect(run(broken)).toMatchObject({
    stdout: '',
    stderr: expect.stringMatching(/^taskwire: \.env cannot be read: .+\n$/),
    status: 1,
  })
})
