import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino'
import type { Env } from '../config/env.ts'

/**
 * The log of the process: JSON lines on stdout. Of a request no URL, header or body is logged (request_log.ts names what
 * is), because they may contain tokens and the text of tasks.
 */
export function openLog({ LOG_LEVEL }: Pick<Env, 'LOG_LEVEL'>, stream?: DestinationStream): Logger {
  const options = {
    level: LOG_LEVEL,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    serializers: { err: serializeError, req: () => undefined, res: () => undefined },
  }
  return pino(options, stream ?? buffered())
}

/** A pipe takes so much at once or not at all (PIPE_BUF), so that lines of several workers do not mix. */
const WHOLE_WRITE = 4096

/**
 * Collects lines and writes them together, at the latest after 200 ms or when the process exits. One system call for
 * each line would be a considerable part of a request's cost.
 */
function buffered(): DestinationStream {
  return pino.destination({ fd: 1, sync: false, minLength: WHOLE_WRITE / 2, maxWrite: WHOLE_WRITE, periodicFlush: 200 })
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
