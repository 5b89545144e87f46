import { pino, type DestinationStream, type Logger } from 'pino'
import type { Env } from '../config/env.ts'
import { StdoutWriter } from './stdout_writer.ts'

/**
 * The log of the process: JSON lines on stdout. Of a request no URL, header or body is logged (request_log.ts names what
 * is), because they may contain tokens and the text of tasks.
 */
export function openLog(
  { LOG_LEVEL, WORKERS = 1 }: Pick<Env, 'LOG_LEVEL'> & Partial<Pick<Env, 'WORKERS'>>,
  stream?: DestinationStream,
): Logger {
  const options = {
    level: LOG_LEVEL,
    base: null,
    timestamp,
    formatters: { level: (level: string) => ({ level }) },
    serializers: { err: serializeError, req: () => undefined, res: () => undefined },
  }
  return pino(options, stream ?? buffered(WORKERS > 1))
}

/** The time of a line. Lines of the same millisecond share its text. */
function timestamp(): string {
  const now = Date.now()
  if (now !== shownTime.at) shownTime = { at: now, text: `,"time":"${new Date(now).toISOString()}"` }
  return shownTime.text
}
let shownTime = { at: 0, text: '' }

/** A pipe takes so much at once or not at all (PIPE_BUF), so that lines of several workers do not mix. */
const WHOLE_WRITE = { minLength: 2048, maxWrite: 4096 }
/** A process that has its output to itself writes more at once: each write costs as much as several lines. */
const LARGE_WRITE = { minLength: 16_384, maxWrite: 32_768 }
const DELAY_MS = 200

/**
 * Collects lines and writes them together, at the latest after 200 ms or when the process exits. One system call for
 * each line would be a considerable part of a request's cost, and so would one buffer for each.
 */
function buffered(isShared: boolean): DestinationStream {
  const { minLength, maxWrite } = isShared ? WHOLE_WRITE : LARGE_WRITE
  const stdout = new StdoutWriter()
  let lines = ''
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (lines === '') return
    const bytes = Buffer.from(lines)
    const parts = bytes.length > maxWrite ? lines.split(/(?<=\n)/).map((line) => Buffer.from(line)) : [bytes]
    lines = ''
    for (const part of parts) stdout.write(part)
  }

  process.on('exit', () => {
    flush()
    stdout.finish()
  })
  return {
    write(line) {
      if (lines.length + line.length > maxWrite) flush()
      lines += line
      if (lines.length >= minLength) flush()
      else timer ??= setTimeout(flush, DELAY_MS).unref()
    },
  }
}

/** An error and its causes, without the properties in which database drivers keep failed rows and queries. */
function serializeError(error: unknown, depth = 0): object | undefined {
  if (!(error instanceof Error)) return error === undefined ? undefined : { message: JSON.stringify(error) }
  return {
    type: error.name,
    code: 'code' in error ? error.code : undefined,
    message: error.message,
    stack: error.stack,
    cause: depth < 4 ? serializeError(error.cause, depth + 1) : undefined,
  }
}
