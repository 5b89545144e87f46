import { bearerToken, type Operation, type RestMeta, type Services } from '@taskwire/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { showAllowance } from '../../auth/rate_limit_fields.ts'
import type { Env } from '../../config/env.ts'
import { sendError } from '../../http/error_response.ts'
import type { Answer } from './call.ts'
import { answerEvents } from './events.ts'
import { inputSource } from './input.ts'
import { answerItems } from './items.ts'
import { answerOne, answerVersioned } from './one.ts'
import { answerStreamed } from './streamed.ts'

export interface RestOptions {
  readonly operations: readonly Operation[]
  readonly services: Services
  readonly unknownFields: Env['UNKNOWN_FIELDS']
}

/** The REST door: a route for each operation that has one. It translates and decides nothing. */
export function restRoutes(app: FastifyInstance, { operations, services, unknownFields }: RestOptions): void {
  for (const operation of operations) {
    const { rest } = operation
    if (rest === undefined) continue
    const source = inputSource(operation, rest, unknownFields)
    const answer = answerOf(rest, operations)
    app.route({
      method: [...rest.methods],
      url: routePath(rest.path),
      config: { body: source.body },
      handler: async (request, reply) => {
        try {
          const ctx = { services, onAllowance: showAllowance(reply), ...contextOf(request) }
          return await answer({ operation, rest, source, ctx, input: source.read(request), request, reply })
        } catch (error) {
          return sendError(reply, error, source.locate)
        }
      },
    })
  }
}

function answerOf({ answer, etag, streamed_by }: RestMeta, all: readonly Operation[]): Answer {
  const streamed = all.find(({ name }) => name === streamed_by)
  if (streamed !== undefined) return answerStreamed(streamed)
  if (answer === 'items') return answerItems
  if (answer === 'events') return answerEvents
  return etag === true ? answerVersioned : answerOne
}

function contextOf({ id, headers, params }: FastifyRequest) {
  return {
    via: 'rest',
    request_id: id,
    token: bearerToken(headers.authorization),
    // Only paths that name a user have one.
    acting_for: (params as { user_id?: string }).user_id,
  } as const
}

/** `/tasks/{task_id}` as Fastify writes it. */
function routePath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1')
}
