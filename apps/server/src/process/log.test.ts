import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

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

async function logged(workers: number, end: string): Promise<string[]> {
  const script = `
    import { openLog } from ${JSON.stringify(import.meta.resolve('./log.ts'))}
    const log = openLog({ LOG_LEVEL: 'info', WORKERS: ${workers} })
    for (let number = 0; number < ${LINES}; number++) log.info({ number }, 'Größe \\u{1f9fa}')
    ${end}`
  const args = ['--input-type=module-typescript', '--eval', script]
  const run = promisify(execFile)(process.execPath, args, { env: {}, maxBuffer: 2 ** 24 })
  const stdout = await run.then(
    (result) => result.stdout,
    (error: { stdout: string }) => error.stdout,
  )
  return stdout.split('\n').filter((line) => line !== '')
}
