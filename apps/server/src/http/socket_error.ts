import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { ApiError } from '@taskwire/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorBody } from './error_response.ts'

/**
 * Responds to what Node's parser rejects before there is a request: headers that are too large (431), requests that do
 * not arrive in time (408), and anything that is not HTTP (400). The last two have no code of their own; clients go by
 * the status.
 */
export function handleClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { line, apiError } = responses[error.code ?? ''] ?? notHttp
  const request_id = randomUUID()
  const body = JSON.stringify(errorBody(apiError, request_id))
  const head = [
    `HTTP/1.1 ${line}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${request_id}`,
    'connection: close',
  ]
  // Destroys the socket as soon as the response is flushed, without waiting for the rest of the request.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

/** Rejects an HTTP/1.1 request without a Host header (RFC 9112, 3.2). */
export function sendMissingHost({ id }: FastifyRequest, reply: FastifyReply): void {
  void reply.code(400).send(errorBody(notHttp.apiError, id))
}

/** Ignores unknown `Expect` headers, as RFC 9110, 10.1.1 allows: Node would respond with an empty 417. */
export function ignoreExpectHeaders(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
}

interface RawResponse {
  /** Status code and reason phrase. */
  readonly line: string
  readonly apiError: ApiError
}

function invalid(type: string, msg: string): ApiError {
  return new ApiError('validation_failed', { fields: [{ type, loc: ['request'], msg }] })
}

const notHttp: RawResponse = {
  line: '400 Bad Request',
  apiError: invalid('invalid_http', 'The request is not valid HTTP'),
}

const responses: Readonly<Record<string, RawResponse>> = {
  HPE_HEADER_OVERFLOW: {
    line: '431 Request Header Fields Too Large',
    apiError: new ApiError('headers_too_large'),
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    line: '408 Request Timeout',
    apiError: invalid('timeout', 'The request took too long to arrive'),
  },
}
