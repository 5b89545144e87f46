import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

// A run with a data directory, a server, and something in its own session that is recorded as PostgreSQL records itself. Both
// hold the run's standard output, which ends with the last of them.
const program = `
  import { spawn } from 'node:child_process'
  import { mkdirSync, writeFileSync } from 'node:fs'
  import { atExit } from ${JSON.stringify(new URL('at_exit.ts', import.meta.url).href)}
  import { scratchDirectory } from ${JSON.stringify(new URL('scratch.ts', import.meta.url).href)}
  const idle = (options) =>
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: ['ignore', 'inherit', 'ignore'], ...options })
  const { path } = await scratchDirectory()
  const postmaster = idle({ detached: true })
  mkdirSync(path + '/postgres/data', { recursive: true })
  writeFileSync(path + '/postgres/data/postmaster.pid', postmaster.pid + '\\n/data\\n')
  mkdirSync(path + '/ended')
  writeFileSync(path + '/ended/postmaster.pid', '4194304\\n/ended\\n')
  const server = idle()
  atExit(() => server.kill('SIGKILL'))
  atExit(() => { throw new Error('is gone already') })
  console.log(JSON.stringify({ path, pids: [postmaster.pid, server.pid] }))
  process.stdin.once('data', () => { throw new Error('the run failed') })
`

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['an error', 1],
] as const)('a run that is ended by %s leaves no process and no directory', async (end, code) => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: root, stdio: 'pipe' })
  const closed = once(child, 'close')
  const [line] = await once(child.stdout, 'data')
  const { path, pids } = JSON.parse(String(line)) as { path: string; pids: number[] }
  let isLeft = true
  onTestFinished(async () => {
    if (isLeft) for (const pid of pids) process.kill(pid, 'SIGKILL')
    await rm(path, { recursive: true, force: true })
  })
  expect(existsSync(path)).toBe(true)

  if (end === 'an error') child.stdin.write('fail\n')
  else child.kill(end)
  expect(await closed).toEqual([code, null])
  isLeft = false
  expect(existsSync(path)).toBe(false)
})
