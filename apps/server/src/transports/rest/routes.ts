import {
  authorizeCall,
  limits,
  publishedFields,
  type Context,
  type Operation,
  type RestMeta,
  type Services,
} from '@taskwire/api'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import type { Env } from '../../config/env.ts'
import { sendError } from '../../http/error_response.ts'
import { requestContext } from '../context.ts'
import type { Respond } from './call.ts'
import { respondWithEvents } from './events.ts'
import { respondWithFile } from './file.ts'
import { inputSource } from './input.ts'
import { respondWithList } from './list.ts'
import { respondWithProgress } from './progress.ts'
import { respondWithStream } from './stream.ts'
import { respondWithValue, respondWithVersion } from './value.ts'

export interface RestRoutesOptions {
  readonly operations: readonly Operation[]
  readonly services: Services
  readonly unknownFields: Env['UNKNOWN_FIELDS']
}

/** REST: one route for each operation that declares one. */
export function restRoutes(options: RestRoutesOptions): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    for (const operation of options.operations) {
      if (operation.rest !== undefined) app.route(route(operation, operation.rest, options))
    }
  }
}

function route(operation: Operation, rest: RestMeta, options: RestRoutesOptions): RouteOptions {
  const source = inputSource(operation, rest, options.unknownFields)
  const respond = responderFor(rest, options.operations)
  const isLenient = rest.fit !== undefined && options.unknownFields === 'ignore'
  const { services } = options
  const contextOf = (request: FastifyRequest, reply: FastifyReply, onIgnored?: Context['onIgnored']): Context =>
    requestContext({ services, via: 'rest', acting_for: userInPath(request), onIgnored }, request, reply)
  const authorized = new WeakMap<FastifyRequest, Context>()
  return {
    method: [...rest.methods],
    url: routePath(rest.path),
    config: { body: source.body },
    ...(rest.bodyLimit === undefined ? {} : { bodyLimit: rest.bodyLimit }),
    ...(source.body === 'file' ? { onRequest: authorizeFirst(operation, contextOf, authorized) } : {}),
    handler: async (request, reply) => {
      try {
        const onIgnored = isLenient ? reportIgnored(reply) : undefined
        const known = source.body === 'file' ? authorized.get(request) : undefined
        const ctx = known ?? contextOf(request, reply, onIgnored)
        return await respond({ operation, rest, source, ctx, input: source.read(request, onIgnored), request, reply })
      } catch (error) {
        return sendError(reply, error, source.locate)
      }
    },
  }
}

/**
 * Judges the token before a file is read: nobody may have megabytes kept in memory without one. A file that says that it is
 * too large is not read either, and is 413 as everywhere.
 */
function authorizeFirst(
  operation: Operation,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => Context,
  authorized: WeakMap<FastifyRequest, Context>,
) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (Number(request.headers['content-length']) > (operation.rest?.bodyLimit ?? limits.importBytes)) return
    try {
      authorized.set(request, await authorizeCall(contextOf(request, reply), operation))
    } catch (error) {
      await sendError(reply, error)
    }
  }
}

function responderFor(
  { answer, etag, streamed_by, tells_progress }: RestMeta,
  operations: readonly Operation[],
): Respond {
  const streamed = operations.find(({ name }) => name === streamed_by)
  if (streamed !== undefined) return respondWithStream(streamed)
  if (tells_progress === true) return respondWithProgress
  if (answer === 'items') return respondWithList
  if (answer === 'events') return respondWithEvents
  if (answer === 'file') return respondWithFile
  return etag === true ? respondWithVersion : respondWithValue
}

/** Names the ignored fields in a header, in the order in which a task shows them. */
function reportIgnored(reply: FastifyReply): (names: readonly string[]) => void {
  const ignored = new Set<string>()
  return (names) => {
    for (const name of names) ignored.add(name)
    const ordered = Object.keys(publishedFields).filter((name) => ignored.has(name))
    if (ordered.length > 0) reply.header('taskwire-ignored', ordered.join(', '))
  }
}

/** The user that the path names; undefined for a path without a user. */
function userInPath({ params }: FastifyRequest): string | undefined {
  return (params as { user_id?: string }).user_id
}

/** `/tasks/{task_id}` in Fastify's syntax. */
function routePath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}
