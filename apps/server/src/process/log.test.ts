import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const LINES = 3000

test.each([
  ['ends by itself', ''],
  ['exits', 'process.exit(0)'],
  ['fails', 'throw new Error("on purpose")'],
])('no line of the log is lost when a process %s, alone or one of several', async (_, end) => {
  for (const workers of [1, 2]) {
    const lines = await logged(workers, end)
    expect(lines.map((line) => (JSON.parse(line) as { number: number }).number)).toEqual(
      Array.from({ length: LINES }, (_, number) => number),
    )
  }
})

test('a line is written although the process goes on and logs no more', async () => {
  for (const workers of [1, 2]) {
    const child = spawn(process.execPath, argsOf(workers, 1, 'setInterval(() => {}, 60_000)'), { env: {} })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    const [bytes]: Buffer[] = await once(child.stdout, 'data')
    expect(JSON.parse(String(bytes))).toMatchObject({ number: 0, level: 'info' })
  }
})

async function logged(workers: number, end: string): Promise<string[]> {
  const run = promisify(execFile)(process.execPath, argsOf(workers, LINES, end), { env: {}, maxBuffer: 2 ** 24 })
  const stdout = await run.then(
    (result) => result.stdout,
    (error: { stdout: string }) => error.stdout,
  )
  return stdout.split('\n').filter((line) => line !== '')
}

/** A process that logs so many lines, and then does something else. */
function argsOf(workers: number, lines: number, end: string): string[] {
  const script = `
    import { openLog } from ${JSON.stringify(import.meta.resolve('./log.ts'))}
    const log = openLog({ LOG_LEVEL: 'info', WORKERS: ${workers} })
    for (let number = 0; number < ${lines}; number++) log.info({ number }, 'Größe \\u{1f9fa}')
    ${end}`
  return ['--input-type=module-typescript', '--eval', script]
}
