import { ApiError } from '@taskwire/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** What an answer takes from the request's body. */
export type BodyUse = 'read' | 'ignored'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Default: `read`. */
    readonly body?: BodyUse
  }
}

/**
 * Reads JSON bodies, and nothing else: an empty body of any kind is no body, as most clients send one with a JSON
 * content type on PATCH and DELETE. A missing content type means JSON. Where the body is ignored, so is what it is.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parsed(request, body))
    } catch (error) {
      done(error instanceof Error ? error : new ApiError('malformed_json'))
    }
  })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parsed(request: FastifyRequest, body: string | Buffer): unknown {
  if (body.length === 0 || request.is404 || request.routeOptions.config.body === 'ignored') return undefined
  const { 'content-type': type, 'content-encoding': encoding = 'identity' } = request.headers
  if (!isJson(type) || encoding !== 'identity') throw new ApiError('unsupported_media_type')
  return parseJson(typeof body === 'string' ? body : decoded(body))
}

export function isJson(contentType: string | undefined): boolean {
  return contentType === undefined || /^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(contentType)
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ApiError('malformed_json', {}, error)
  }
}

function decoded(body: Buffer): string {
  try {
    return utf8.decode(body)
  } catch (error) {
    throw new ApiError('malformed_json', {}, error)
  }
}
