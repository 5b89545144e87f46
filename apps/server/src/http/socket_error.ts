import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { ApiError } from '@taskwire/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorBody } from './error_response.ts'

/**
 * Answers what Node's parser refuses before there is a request: headers that are too large (431), requests that do not
 * arrive in time (408) and what is no HTTP (400). The last two have no code of their own; callers go by the status.
 */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { line, refusal } = answers[error.code ?? ''] ?? notHttp
  const request_id = randomUUID()
  const body = JSON.stringify(errorBody(refusal, request_id))
  const head = [
    `HTTP/1.1 ${line}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${request_id}`,
    'connection: close',
  ]
  // Destroyed once it is flushed: the rest of the request is not waited for.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

/** Every request of HTTP/1.1 names its host (RFC 9112, 3.2). */
export function answerWithoutHost({ id }: FastifyRequest, reply: FastifyReply): void {
  void reply.code(400).send(errorBody(notHttp.refusal, id))
}

/** Node would answer an `Expect` that it does not know with an empty 417; a server may ignore it (RFC 9110, 10.1.1). */
export function ignoreExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
}

interface Answer {
  readonly line: string
  readonly refusal: ApiError
}

function invalid(type: string, msg: string): ApiError {
  return new ApiError('validation_failed', { fields: [{ type, loc: ['request'], msg }] })
}

const notHttp: Answer = {
  line: '400 Bad Request',
  refusal: invalid('invalid_http', 'The request is not valid HTTP'),
}

const answers: Readonly<Record<string, Answer>> = {
  HPE_HEADER_OVERFLOW: {
    line: '431 Request Header Fields Too Large',
    refusal: new ApiError('headers_too_large'),
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    line: '408 Request Timeout',
    refusal: invalid('timeout', 'The request took too long to arrive'),
  },
}
