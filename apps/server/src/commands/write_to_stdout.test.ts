import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { testServices } from '@taskwire/api/testing'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const { PATH, NODE_COMPILE_CACHE } = process.env

/** How a process ends whose standard output the test handles. */
async function run(args: readonly string[], handle: Handle, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, {
    env: { PATH, NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout = handle(child)
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit'), stdout])
  return { code, stderr }
}

type Child = ReturnType<typeof spawn>
type Handle = (child: Child) => unknown

const leaveAtOnce: Handle = ({ stdout }) => stdout?.destroy()
const leaveAfterTheFirstBytes: Handle = ({ stdout }) => stdout?.once('data', () => stdout.destroy())
const interrupt: Handle = (child) => child.stdout?.once('data', () => child.kill('SIGINT')).resume()

test('an export whose reader has left ends quietly, with exit code 1', async () => {
  const api = await testServices()
  onTestFinished(() => api.close())
  await api.caller('ann').task.create({ title: 'Bread' })
  const command = fileURLToPath(new URL('export_command.ts', import.meta.url))
  const args = ['--disable-warning=ExperimentalWarning', command, '--user', 'ann', '-']
  expect(await run(args, leaveAtOnce, { DATABASE_URL: api.database.url })).toEqual({ code: 1, stderr: '' })
})

const program = `
  import { runCommand } from '${import.meta.resolve('./run_command.ts')}'
  import { writeToStdout } from '${import.meta.resolve('./write_to_stdout.ts')}'
  async function* endless() {
    for (;;) {
      await new Promise(setImmediate)
      yield 'x'.repeat(10_000)
    }
  }
  await runCommand(async (signal) => {
    try {
      return await writeToStdout(endless(), signal)
    } finally {
      console.error('closed')
    }
  })`

test.each([
  ['a reader that leaves', leaveAfterTheFirstBytes, { code: 1, stderr: 'closed\n' }],
  ['the first signal', interrupt, { code: 130, stderr: 'closed\nstopped; nothing was changed\n' }],
])('output ends, and the command cleans up, after %s', async (_, handle, outcome) => {
  expect(await run(['--input-type=module-typescript', '--eval', program], handle)).toEqual(outcome)
})
