import type { HttpReply } from './http.ts'
import { CANARY } from './world.ts'

/** What is wrong with an answer, whatever was asked. */
export function wrongWith(reply: HttpReply): string | undefined {
  const { status, headers, text, bytes } = reply
  if (bytes.includes(CANARY)) return "another user's data"
  if (/internal_error|"httpStatus":50\d|-32603|node_modules|\.ts:\d/.test(text)) return 'an internal error'
  const justified =
    status === 503 && headers['retry-after'] !== undefined && /"(overloaded|database_unavailable)"/.test(text)
  if (status >= 500 && !justified) return 'a 5xx'
  return headers['x-request-id'] === undefined ? 'no request id' : undefined
}
