import { ApiError, type ErrorCode } from '@taskwire/api'

/** What a model's provider says of a failure, as far as it is a code and not a text. */
interface Facts {
  readonly name: string
  readonly status: number | undefined
  /** The codes and types of the error and of its causes, such as `insufficient_quota` and `ECONNREFUSED`. */
  readonly codes: readonly string[]
  readonly retry_after: number | undefined
}

/**
 * The public error of a failed model. Texts of the provider may contain keys and what the user wrote, so neither the
 * error nor its cause has them: the log gets the codes.
 */
export function modelFailure(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  const facts = factsOf(error)
  const reason = reasonOf(facts)
  const { retry_after } = facts
  const waits = reason === 'model_rate_limited' || reason === 'model_unavailable'
  return new ApiError(reason, waits && retry_after !== undefined ? { retry_after } : {}, scrubbed(facts, error))
}

const quotaCodes = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
  'access_terminated',
])
const setupCodes = new Set(['invalid_api_key', 'incorrect_api_key', 'model_not_found', 'unsupported_model'])
const lengthCodes = new Set(['context_length_exceeded', 'string_above_max_length', 'request_too_large'])
const limitCodes = new Set(['rate_limit_exceeded', 'rate_limit_error', 'tokens', 'requests'])

function reasonOf({ name, status, codes }: Facts): ErrorCode {
  const has = (known: ReadonlySet<string>) => codes.some((code) => known.has(code))
  if (has(quotaCodes) || has(setupCodes)) return 'model_misconfigured'
  if (has(lengthCodes) || status === 413) return 'conversation_too_long'
  if (status === 429 || has(limitCodes)) return 'model_rate_limited'
  if (status === 401 || status === 402 || status === 403 || status === 404) return 'model_misconfigured'
  if (status === 408 || status === 504 || codes.includes('ETIMEDOUT') || /Timeout/.test(name)) return 'model_timeout'
  return 'model_unavailable'
}

function factsOf(error: unknown): Facts {
  const chain = causesOf(error)
  const status = chain.map((each) => each['status']).find((value) => typeof value === 'number')
  const headers = chain.map((each) => each['headers']).find((value) => value instanceof Headers)
  const codes = chain.flatMap(({ code, type }) => [code, type]).filter(isCode)
  // Servers of other makers have no code for it.
  if (status === 400 && chain.some(saysTooLong)) codes.push('context_length_exceeded')
  return { name: error instanceof Error ? error.name : 'Error', status, codes, retry_after: retryAfterIn(headers) }
}

/** The error, what its provider sent, and the errors that caused it. */
function causesOf(error: unknown): Record<string, unknown>[] {
  const chain: Record<string, unknown>[] = []
  let cause = error
  while (cause instanceof Error && chain.length < 10) {
    const { message, name } = cause
    const own: Record<string, unknown> = { ...Object.fromEntries(Object.entries(cause)), message, name }
    chain.push(own)
    const { error: sent } = own
    if (typeof sent === 'object' && sent !== null) chain.push({ ...sent })
    cause = cause.cause
  }
  return chain
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(value)
}

function saysTooLong({ message }: Record<string, unknown>): boolean {
  return typeof message === 'string' && /context (length|window|size)|too many tokens|prompt is too long/i.test(message)
}

/** Seconds, from either form of the header (RFC 9110, 10.2.3), at most a day. */
function retryAfterIn(headers: Headers | undefined): number | undefined {
  const header = headers?.get('retry-after')
  if (header === null || header === undefined) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 1), 86_400) : undefined
}

/** An error for the log: the codes, and where it happened. */
function scrubbed({ name, status, codes }: Facts, error: unknown): Error {
  const known = [name, ...(status === undefined ? [] : [`status ${status}`]), ...new Set(codes)]
  const clean = new Error(`the model failed: ${known.join(', ')}`)
  const frames = error instanceof Error ? (error.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? []) : []
  clean.stack = [`Error: ${clean.message}`, ...frames].join('\n')
  return clean
}
