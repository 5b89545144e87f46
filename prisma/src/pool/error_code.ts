import { DatabaseError } from 'pg'

/** A statement failed without an answer of PostgreSQL: no connection became free or could be made, or it was lost. */
export class ConnectionError extends Error {
  /** One of `CONNECTION_CODES`, or a name that stands for a message of the driver, which knows no codes. */
  readonly code: string

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'ConnectionError'
    this.code = code
  }
}

/** What Node says of a connection. `ENOENT` is that of a socket in the file system. */
const CONNECTION_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'ENOENT',
])

/** The errors of pg and its pool that have a message alone. */
const CODES_BY_MESSAGE: ReadonlyMap<string, string> = new Map([
  ['timeout exceeded when trying to connect', 'POOL_TIMEOUT'],
  ['Query read timeout', 'QUERY_TIMEOUT'],
  ['Connection terminated', 'CONNECTION_LOST'],
  ['Connection terminated unexpectedly', 'CONNECTION_LOST'],
  ['Connection terminated due to connection timeout', 'CONNECT_TIMEOUT'],
  ['timeout expired', 'CONNECT_TIMEOUT'],
  ['Client was closed and is not queryable', 'CONNECTION_LOST'],
  ['Client has encountered a connection error and is not queryable', 'CONNECTION_LOST'],
])

/** The error to throw for a statement that failed: one that the driver left without a class of its own gets one. */
export function statementError(error: unknown): unknown {
  const code = driverCode(error)
  return code === undefined || error instanceof ConnectionError
    ? error
    : new ConnectionError(code, messageOf(error), error)
}

/**
 * The code of an error that a call to the database threw: the SQLSTATE where PostgreSQL reported one, else what Prisma
 * or the driver says. Undefined for every other error, whatever its code or text: another service may refuse a
 * connection too.
 */
export function databaseErrorCode(error: unknown): string | undefined {
  if (error instanceof DatabaseError || error instanceof ConnectionError) return error.code
  if (!(error instanceof Error) || !cameFromPrisma(error)) return undefined
  const { originalCode, kind } = adapterCause(error)
  if (typeof originalCode === 'string') return originalCode
  if (typeof kind === 'string') return kind
  return ownCode(error) ?? driverCode(error)
}

/** Prisma writes its version into every error that it passes on, those of the driver included. */
function cameFromPrisma(error: Error): boolean {
  return 'clientVersion' in error || error.name === 'DriverAdapterError'
}

interface AdapterCause {
  readonly originalCode?: unknown
  readonly kind?: unknown
}

/** What the driver adapter told Prisma, which Prisma keeps in `meta`. */
function adapterCause(error: Error): AdapterCause {
  const { driverAdapterError } = objectOf('meta' in error ? error.meta : undefined)
  return objectOf(error.name === 'DriverAdapterError' ? error.cause : objectOf(driverAdapterError).cause)
}

function objectOf(value: unknown): { readonly driverAdapterError?: unknown; readonly cause?: unknown } & AdapterCause {
  return typeof value === 'object' && value !== null ? value : {}
}

/** `errorCode` is that of an error of Prisma's start. */
function ownCode(error: Error): string | undefined {
  const code = 'code' in error ? error.code : 'errorCode' in error ? error.errorCode : undefined
  return typeof code === 'string' ? code : undefined
}

function driverCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof DatabaseError) return undefined
  const code = ownCode(error)
  return CONNECTION_CODES.has(code) ? code : CODES_BY_MESSAGE.get(error.message)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
