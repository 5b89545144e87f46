import type { FastifyReply, FastifyRequest } from 'fastify'
import { disconnectSignal } from '../../http/disconnect.ts'

const BOTH_TYPES = 'application/json, text/event-stream'

/** The request as the SDK reads it: without the token, and aborted when the client disconnects. */
export function webRequest(request: FastifyRequest, reply: FastifyReply): Request {
  const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && /^(accept|content-type|mcp-.+)$/.test(name) ? [[name, value]] : [],
  )
  // The SDK requires both types by name and does not accept a wildcard.
  const { accept } = request.headers
  if (accept === undefined || accept.includes('*/*')) headers.push(['accept', BOTH_TYPES])
  return new Request('http://localhost/mcp', { method: 'POST', headers, signal: disconnectSignal(reply) })
}
