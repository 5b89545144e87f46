import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openLog } from './log.ts'

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

/** The lines of a log, as objects. */
function openLines() {
  const lines: Record<string, unknown>[] = []
  const log = openLog({ LOG_LEVEL: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })
  return { log, lines }
}

test('a line has its level as a word, its time and its message, and nothing of the process', () => {
  const { log, lines } = openLines()
  log.info({ task: 1 }, 'hello')
  log.debug('less than the level')
  expect(lines).toEqual([
    { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), task: 1, msg: 'hello' },
  ])
})

test('each line has the time at which it was logged', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { log, lines } = openLines()
  for (const now of [1000, 1000, 1001, 61_000]) {
    vi.setSystemTime(now)
    log.info('x')
  }
  expect(lines.map(({ time }) => Date.parse(String(time)))).toEqual([1000, 1000, 1001, 61_000])
})

test('of an error the log has what was thrown and its causes, not what a database driver keeps in it', () => {
  const { log, lines } = openLines()
  const cause = Object.assign(new TypeError('no connection'), { code: 'ECONNRESET', row: 'Buy milk' })
  log.error({ err: Object.assign(new Error('failed', { cause }), { query: 'SELECT secret' }) }, 'x')
  expect(lines[0]?.['err']).toEqual({
    type: 'Error',
    message: 'failed',
    stack: expect.stringMatching(/^Error: failed\n/),
    cause: {
      type: 'TypeError',
      code: 'ECONNRESET',
      message: 'no connection',
      stack: expect.stringContaining('TypeError: no connection'),
    },
  })
})

test('an error that is its own cause, and what is no error, are logged too', () => {
  const { log, lines } = openLines()
  const circular = new Error('round')
  circular.cause = circular
  log.error({ err: circular }, 'x')
  expect(JSON.stringify(lines[0]).match(/"message":"round"/g)).toHaveLength(5)
  log.error({ err: { thrown: 'object' } }, 'x')
  expect(lines[1]?.['err']).toEqual({ message: '{"thrown":"object"}' })
})

test('requests and responses are not logged, whoever hands them to the log', () => {
  const { log, lines } = openLines()
  log.info({ req: { headers: { authorization: 'Bearer x' } }, res: { body: 'y' } }, 'x')
  expect(Object.keys(lines[0] ?? {})).toEqual(['level', 'time', 'msg'])
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
