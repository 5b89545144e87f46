import { bearerToken, type Context } from '@taskwire/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { reportAllowance } from '../http/rate_limit_headers.ts'

/** What a transport knows of a call besides its request. */
type Origin = Pick<Context, 'services' | 'via' | 'acting_for' | 'onIgnored'>

/** The context in which the operations of a request run. */
export function requestContext(
  { services, via, acting_for, onIgnored }: Origin,
  { id, headers, record }: FastifyRequest,
  reply: FastifyReply,
): Context {
  return {
    services,
    via,
    request_id: id,
    record,
    token: bearerToken(headers.authorization),
    acting_for,
    onAllowance: reportAllowance(reply),
    onIgnored,
  }
}
