import type { FastifyReply, FastifyRequest } from 'fastify'
import { disconnectSignal } from '../../http/disconnect.ts'

const BOTH_TYPES = 'application/json, text/event-stream'

/** The request as the SDK reads it: without the token, and aborted when the client disconnects. */
export function webRequest(request: FastifyRequest, reply: FastifyReply): Request {
  const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && /^(accept|content-type|mcp-.+)$/.test(name) ? [[name, value]] : [],
  )
  if (acceptsAnyType(request.headers.accept)) headers.push(['accept', BOTH_TYPES])
  return new Request('http://localhost/mcp', { method: 'POST', headers, signal: disconnectSignal(reply) })
}

/** Whether a request accepts JSON and streams, as the protocol wants of clients. */
export function acceptsBothTypes(accept: string | undefined): boolean {
  return acceptsAnyType(accept) || BOTH_TYPES.split(', ').every((type) => accept?.includes(type))
}

// The SDK requires both types by name and does not accept a wildcard.
function acceptsAnyType(accept: string | undefined): boolean {
  return accept === undefined || accept.includes('*/*')
}
