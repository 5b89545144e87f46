import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The client's own id for a request if it is well-formed, otherwise a new one: an id of this process and a number. */
export function requestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given)
    ? given
    : `${processId}-${(requests++).toString(36)}`
}

const processId = randomBytes(9).toString('base64url')
let requests = 0
