import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, existsSync, openSync, readSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { StdoutWriter } from './stdout_writer.ts'

/** More than a pipe or a socket and its reader take: a megabyte. */
const MANY = 12_000
/** More than is kept for a late reader: lines of 64 kB. */
const [TOO_MUCH, LONG] = [300, 2 ** 16]

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

test('a reader that was late once is waited for at the end', async () => {
  const { writer, fills, pass, read, received } = await writerToPipe(() => read())
  const lines = writeLines(writer, fills(3.3))
  pass(60_000)
  read()
  writer.finish()
  read()
  expect(received()).toEqual(lines)
})

test('a reader is waited for at the end while it reads something in each second', async () => {
  const { writer, fills, passed, read, received } = await writerToPipe(() => {
    if (passed() % 980 === 0) read()
  })
  const lines = writeLines(writer, fills(3.3))
  writer.finish()
  read()
  expect(received()).toEqual(lines)
  expect(passed()).toBe(3 * 980)
})

test('a reader that has stopped reading is waited for one second from then on', async () => {
  const { writer, fills, pass, passed } = await writerToPipe()
  writeLines(writer, fills(2))
  pass(400)
  writer.finish()
  expect(passed()).toBe(1000)
})

test('a reader that stopped reading long ago is not waited for', async () => {
  const { writer, fills, pass, passed } = await writerToPipe()
  writeLines(writer, fills(2))
  pass(60_000)
  writer.finish()
  expect(passed()).toBe(60_000)
})

test('a reader that has gone is not waited for', async () => {
  const { writer, fills, passed, closeReader } = await writerToPipe()
  writeLines(writer, fills(2))
  closeReader()
  writer.finish()
  expect(passed()).toBe(0)
})

test('a reader that is slow is waited for no longer than three seconds', async () => {
  const { writer, passed, read } = await writerToPipe(() => read(8192))
  writeLines(writer, 5000, 1000)
  writer.finish()
  expect(passed()).toBe(3000)
})

test.each([
  ['where they are', ['one more']],
  ['at the end', []],
])('a reader that is too late is told that lines are missing: %s', async (_, later) => {
  const { writer, read, received } = await writerToPipe(() => read(), 1)
  writeLines(writer, TOO_MUCH, LONG)
  read()
  // It is written to from time to time, which makes room for more.
  await expect.poll(() => read()).toBeGreaterThan(0)
  for (const line of later) writer.write(Buffer.from(`${line}\n`))
  writer.finish()
  read()
  const lines = received()
  const kept = lines.filter((line) => /^ *\d+$/.test(line)).map(Number)
  expect(kept).toEqual(Array.from(kept.keys()))
  const lost = (TOO_MUCH - kept.length) * LONG
  expect(lost).toBeGreaterThan(0)
  const [line = '', ...after] = lines.slice(kept.length)
  const msg = `${lost} bytes of the log are missing here, because its reader was too slow`
  expect(JSON.parse(line)).toEqual({ level: 'warn', time: expect.any(String), msg })
  expect(after).toEqual(later)
})

/** Writes numbered lines, each of so many bytes. */
function writeLines(writer: StdoutWriter, count: number, size = 100): string[] {
  const lines = Array.from({ length: count }, (_, number) => String(number).padStart(size - 1))
  for (const line of lines) writer.write(Buffer.from(`${line}\n`))
  return lines
}

/** A writer to a pipe, whose time passes when it pauses, by `step`; something of the reader's happens then. */
async function writerToPipe(onPause: () => unknown = () => {}, step?: number) {
  const { fd, reader, closeReader } = await openPipe()
  let time = 0
  const pause = (ms: number) => {
    time += step ?? ms
    onPause()
  }
  const chunks: Buffer[] = []
  const buffer = Buffer.alloc(2 ** 20)
  const capacity = writeSync(fd, buffer)
  readSync(reader, buffer)
  return {
    writer: new StdoutWriter({ fd, now: () => time, pause }),
    /** How many lines fill the pipe so many times. */
    fills: (times: number) => Math.ceil((times * capacity) / 100),
    pass: (ms: number) => void (time += ms),
    passed: () => time,
    /** Reads at most so much of what is in the pipe, and returns how much it was. */
    read: (most = buffer.length) => {
      const length = readSync(reader, buffer, { length: most })
      chunks.push(Buffer.from(buffer.subarray(0, length)))
      return length
    },
    received: () => Buffer.concat(chunks).toString().trimEnd().split('\n'),
    closeReader,
  }
}

interface Line {
  readonly number: number
}

/** The lines that it has written, read from now on. */
function linesOf({ stdout }: ChildProcess): readonly Line[] {
  const lines: Line[] = []
  if (stdout !== null) createInterface(stdout).on('line', (line) => lines.push(JSON.parse(line) as Line))
  return lines
}

/** A process that has logged so many lines; it logs one more at each message, which it answers, and at its end. */
async function started(lines: number, stdout: 'pipe' | number) {
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
    for (let number = 0; number < ${lines}; number++) log.info({ number }, 'Größe \u{1f9fa}')
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
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  let isRead = true
  const closeReader = () => {
    if (isRead) closeSync(reader)
    isRead = false
  }
  onTestFinished(async () => {
    closeReader()
    closeSync(writer)
    closeSync(fd)
    await rm(directory, { recursive: true })
  })
  return { writer, fd, reader, closeReader }
}
