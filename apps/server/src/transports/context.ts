import { bearerToken, type Context, type Services } from '@taskwire/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { reportAllowance } from '../http/rate_limit_headers.ts'

/** The context in which the operations of a request run. */
export function requestContext(
  { services, via }: Pick<Context, 'via'> & { readonly services: Services },
  { id, headers, record }: FastifyRequest,
  reply: FastifyReply,
): Context {
  return {
    services,
    via,
    request_id: id,
    record,
    token: bearerToken(headers.authorization),
    onAllowance: reportAllowance(reply),
  }
}
