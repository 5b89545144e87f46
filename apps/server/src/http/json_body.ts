import { ApiError } from '@taskwire/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** What a route reads of a request's body: its JSON, nothing, or its bytes, of whatever type. */
export type BodyUse = 'read' | 'ignored' | 'file'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Default: `read`. */
    readonly body?: BodyUse
  }
}

/**
 * Accepts JSON bodies only. An empty body counts as none whatever its type, because most clients send a JSON content type
 * with PATCH and DELETE. A missing content type means JSON. Routes that ignore the body ignore its type as well.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(EVERY_TYPE, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parseBody(request, body))
    } catch (error) {
      done(error instanceof Error ? error : new ApiError('malformed_json'))
    }
  })
}

/** For Fastify. It parses the header of each request anew where no parser has the type of most of them by name. */
export const EVERY_TYPE = ['application/json', '*']

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseBody(request: FastifyRequest, body: string | Buffer): unknown {
  if (body.length === 0 || request.is404 || request.routeOptions.config.body === 'ignored') return undefined
  const { 'content-type': type, 'content-encoding': encoding = 'identity' } = request.headers
  const isFile = request.routeOptions.config.body === 'file'
  if (isFile && encoding === 'identity') return typeof body === 'string' ? Buffer.from(body) : body
  if (!isJson(type) || encoding !== 'identity') throw new ApiError('unsupported_media_type')
  return parseJson(typeof body === 'string' ? body : decodeUtf8(body))
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

function decodeUtf8(body: Buffer): string {
  try {
    return utf8.decode(body)
  } catch (error) {
    throw new ApiError('malformed_json', {}, error)
  }
}
