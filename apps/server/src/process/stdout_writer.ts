import { constants, fstatSync, openSync, writeSync } from 'node:fs'

const RETRY_MS = 20
/** A reader that has read nothing for so long is not waited for when the process ends. */
const STALL_MS = 1000
/** Nor is any other for longer than this. */
const FINISH_MS = 3000
/** What is kept for a reader that is late. Beyond it lines are lost, which a line then says, or they would fill the memory. */
const MAX_WAITING = 16 * 2 ** 20

interface Output {
  /** Where a write fails that would wait. */
  readonly fd: number
  /** A time in milliseconds. */
  readonly now: () => number
  /** Waits for so many milliseconds, and lets nothing else of the process go on. */
  readonly pause: (ms: number) => void
}

/**
 * Writes to stdout whatever becomes of it: a reader that is slow, that stops reading or that has gone, a full disk. None
 * of them holds up the process, nor its end. (The destination of pino retries a write at the end without a limit.)
 */
export class StdoutWriter {
  readonly #output: Output
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #lostBytes = 0
  #stalledSince: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(output: Output = { fd: nonBlockingStdout(), now: () => performance.now(), pause }) {
    this.#output = output
  }

  /** Writes now what stdout takes, and the rest later, in order. Never waits. */
  write(bytes: Buffer): void {
    if (this.#waitingBytes + bytes.length > MAX_WAITING) {
      this.#lostBytes += bytes.length
      return
    }
    this.#tellLoss()
    this.#add(bytes)
    if (this.#timer === undefined) this.#try()
  }

  /** Writes the rest, at the end of the process. Waits for a reader, though not for one that has stopped reading. */
  finish(): void {
    clearTimeout(this.#timer)
    const { now, pause } = this.#output
    const end = now() + FINISH_MS
    this.#tellLoss()
    this.#writeWaiting()
    while (this.#waiting.length > 0 && now() < Math.min(end, (this.#stalledSince ?? end) + STALL_MS)) {
      pause(RETRY_MS)
      this.#writeWaiting()
    }
  }

  #tellLoss(): void {
    if (this.#lostBytes > 0) this.#add(lossLine(this.#lostBytes))
    this.#lostBytes = 0
  }

  #add(bytes: Buffer): void {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
  }

  #try(): void {
    this.#writeWaiting()
    this.#timer = this.#waiting.length > 0 ? setTimeout(() => this.#try(), RETRY_MS).unref() : undefined
  }

  #writeWaiting(): void {
    try {
      for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
        const written = writeSync(this.#output.fd, first)
        this.#stalledSince = undefined
        this.#waitingBytes -= written
        if (written < first.length) this.#waiting[0] = first.subarray(written)
        else this.#waiting.shift()
      }
    } catch (error) {
      // A full pipe or disk may have room again.
      this.#stalledSince ??= this.#output.now()
      if (!isGone(error)) return
      this.#waiting = []
      this.#waitingBytes = 0
    }
  }
}

/**
 * Stdout such that a write to it fails where it would wait. Node makes a pipe so, but a process that is started with the
 * same stdout, as a worker is, undoes it; so a pipe or a terminal is opened anew, where the system has a way and allows it.
 */
function nonBlockingStdout(): number {
  try {
    const stdout = fstatSync(1)
    if (stdout.isFIFO() || stdout.isCharacterDevice()) {
      return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    }
  } catch {
    // Another user's pipe, a system without /proc, or no reader any more.
  }
  // Opens it, which makes it non-blocking.
  return process.stdout.fd
}

function lossLine(bytes: number): Buffer {
  const msg = `${bytes} bytes of the log are missing here, because its reader was too slow`
  return Buffer.from(`${JSON.stringify({ level: 'warn', time: new Date().toISOString(), msg })}\n`)
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
