import { ApiError } from '@taskwire/api'
import type { FastifyRequest } from 'fastify'
import { isJson, parseJson } from '../http/json_body.ts'

/** No body of sign-in is nested more deeply than this, and recursive code that reads one needs a bound. */
const MAX_DEPTH = 32

/** OAuth sends these as forms (RFC 6749). */
const FORMS = /^\/api\/auth\/oauth2\/(token|revoke|authorize)$/

/** Returns the text if it is JSON of bounded depth, or a form, whose strings PostgreSQL can store; throws otherwise. */
export function checkedBody(text: string, { url, headers }: Pick<FastifyRequest, 'url' | 'headers'>): string {
  if (text === '') return text
  const contentType = headers['content-type']
  if (isForm(contentType) && FORMS.test(url.split(/[?#]/, 1)[0] ?? '')) {
    for (const value of new URLSearchParams(text).values()) assertStorableText(value)
    return text
  }
  if (!isJson(contentType)) throw new ApiError('unsupported_media_type')
  assertStorable(parseJson(text))
  return text
}

export function isForm(contentType: string | undefined): boolean {
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType ?? '')
}

/** Throws if the path or the query contains a NUL, which PostgreSQL cannot store or compare. */
export function assertStorableUrl(url: URL): void {
  if (url.href.includes('%00')) throw invalid('invalid_string', 'The URL must not contain NUL', 'query')
}

/** Level by level and not recursively: 64 KB can hold 30,000 levels. */
function assertStorable(body: unknown): void {
  let level = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw invalid('too_deep', `The body must have at most ${MAX_DEPTH} levels`)
    level = level.flatMap((value) => {
      if (typeof value === 'string') assertStorableText(value)
      if (typeof value !== 'object' || value === null) return []
      if (!Array.isArray(value)) for (const name of Object.keys(value)) assertStorableText(name)
      return Object.values(value)
    })
  }
}

function assertStorableText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw invalid('invalid_string', 'Text must not contain NUL or lone surrogates')
  }
}

function invalid(type: string, msg: string, part: 'body' | 'query' = 'body'): ApiError {
  return new ApiError('validation_failed', { fields: [{ type, loc: [part], msg }] })
}
