import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino'
import type { Env } from '../config/env.ts'

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
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    serializers: { err: serializeError, req: () => undefined, res: () => undefined },
  }
  return pino(options, stream ?? buffered(WORKERS > 1))
}

/** A pipe takes so much at once or not at all (PIPE_BUF), so that lines of several workers do not mix. */
const WHOLE_WRITE = { minLength: 2048, maxWrite: 4096 }
/** A process that has its output to itself writes more at once: each write wakes a thread, which costs as much as ten lines. */
const LARGE_WRITE = { minLength: 16_384, maxWrite: 32_768 }

/**
 * Collects lines and writes them together, at the latest after 200 ms or when the process exits. One system call for
 * each line would be a considerable part of a request's cost.
 */
function buffered(isShared: boolean): DestinationStream {
  const size = isShared ? WHOLE_WRITE : LARGE_WRITE
  // As bytes, because of text it would count all that it has collected anew with each line.
  const destination: ByteDestination = pino.destination({
    fd: 1,
    sync: false,
    periodicFlush: 200,
    contentMode: 'buffer',
    ...size,
  })
  return { write: (line) => destination.write(Buffer.from(line)) }
}

/** What a destination is with the content mode `buffer`; its own type knows text only. */
interface ByteDestination {
  write(bytes: Buffer | string): void
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
