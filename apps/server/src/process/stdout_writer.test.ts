import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, existsSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'

/** More than a pipe or a socket and its reader take: a megabyte. */
const MANY = 12_000
/** More than is kept for a late reader, as lines of 30 kB. */
const TOO_MUCH = 800

test.each([
  ['has gone', 1],
  ['has stopped reading', MANY],
])('a process ends whose log goes to a pipe and whose reader %s', async (_, lines) => {
  const pipe = await openPipe()
  const { child, exited } = await started(lines, pipe.writer)
  if (lines === 1) pipe.closeReader()
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})

test.each([
  ['has gone', 1],
  ['has stopped reading', MANY],
])('a process ends whose log goes to a socket and whose reader %s', async (_, lines) => {
  const { child, exited } = await started(lines, 'pipe')
  if (lines === 1) child.stdout?.destroy()
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})

test.skipIf(!existsSync('/dev/full'))('a process goes on and ends whose log goes to a full disk', async () => {
  const full = openSync('/dev/full', 'w')
  onTestFinished(() => closeSync(full))
  const { child, exited } = await started(MANY, full)
  for (let answers = 0; answers < 3; answers++) {
    child.send('log')
    await once(child, 'message')
  }
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})

test('a reader that is late gets every line, whole and in order', async () => {
  const { child } = await started(MANY, 'pipe')
  const lines = linesOf(child)
  await expect.poll(() => lines.length).toBe(MANY)
  expect(lines.map(({ number }) => number)).toEqual(Array.from({ length: MANY }, (_, number) => number))
})

test('a reader that is too late is told that lines are missing', async () => {
  const { child } = await started(TOO_MUCH, 'pipe', 'x'.repeat(30_000))
  const lines = linesOf(child)
  await expect
    .poll(() => {
      child.send('log')
      return lines.find(({ msg }) => msg.includes('bytes of the log are missing here'))
    })
    .toMatchObject({ level: 'warn' })
  const first = lines.filter(({ number }) => number !== undefined)
  expect(first.map(({ number }) => number)).toEqual(Array.from(first.keys()))
  expect(first.length).toBeLessThan(TOO_MUCH)
})

interface Line {
  readonly level: string
  readonly msg: string
  readonly number?: number
}

/** The lines that it has written, read from now on. */
function linesOf({ stdout }: ChildProcess): readonly Line[] {
  const lines: Line[] = []
  if (stdout !== null) createInterface(stdout).on('line', (line) => lines.push(JSON.parse(line) as Line))
  return lines
}

/** A process that has logged so many lines; it logs one more at each message, which it answers, and at its end. */
async function started(lines: number, stdout: 'pipe' | number, text = 'Größe \u{1f9fa}') {
  const script = `
    import { openLog } from ${JSON.stringify(import.meta.resolve('./log.ts'))}
    const log = openLog({ LOG_LEVEL: 'info' })
    process.on('SIGTERM', () => {
      log.info('stopping')
      process.exit(0)
    })
    process.on('message', () => {
      log.info('one more')
      process.send('logged')
    })
    for (let number = 0; number < ${lines}; number++) log.info({ number }, ${JSON.stringify(text)})
    process.send('ready')`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], {
    env: {},
    stdio: ['ignore', stdout, 'inherit', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  await once(child, 'message')
  return { child, exited }
}

/** A pipe of the file system: what Node connects to a child is a socket. */
async function openPipe() {
  const directory = await mkdtemp(join(tmpdir(), 'taskwire-pipe-'))
  const path = join(directory, 'pipe')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(path, 'w')
  let isRead = true
  const closeReader = () => {
    if (isRead) closeSync(reader)
    isRead = false
  }
  onTestFinished(async () => {
    closeReader()
    closeSync(writer)
    await rm(directory, { recursive: true })
  })
  return { writer, closeReader }
}
