import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino'
import type { Env } from '../config/env.ts'

/**
 * The process's log: JSON lines on stdout. Nothing of a request is logged but its method, route, status, time and id:
 * URLs, headers and bodies may hold tokens and the text of tasks.
 */
export function openLog({ LOG_LEVEL }: Pick<Env, 'LOG_LEVEL'>, stream?: DestinationStream): Logger {
  const options = {
    level: LOG_LEVEL,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
    serializers: { err: described, req: () => undefined, res: () => undefined },
  }
  return pino(options, stream ?? buffered())
}

/**
 * Lines are written together, at the latest after a moment or when the process ends: a write for each would be a good
 * part of what a request costs.
 */
function buffered(): DestinationStream {
  return pino.destination({ fd: 1, sync: false, minLength: 8192, periodicFlush: 200 })
}

/** An error and its causes, without the properties in which drivers keep the rows and queries that failed. */
function described(error: unknown, depth = 0): object | undefined {
  if (!(error instanceof Error)) return error === undefined ? undefined : { message: JSON.stringify(error) }
  return {
    type: error.name,
    code: 'code' in error ? error.code : undefined,
    message: error.message,
    stack: error.stack,
    cause: depth < 4 ? described(error.cause, depth + 1) : undefined,
  }
}
