import { ApiError, isUnsubscribeToken, unsubscribe, type Services } from '@taskwire/api'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { sendError } from '../http/error_response.ts'

/**
 * Ends mail of reminders at `/unsubscribe/{token}`, without a sign-in: mail programs post there by themselves (RFC 8058).
 * GET only asks, because scanners open every address in a mail.
 */
export function unsubscribeRoutes({ services }: { readonly services: Services }): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    app.get('/unsubscribe/:token', { config: { body: 'ignored' } }, (request, reply) => {
      if (!isUnsubscribeToken(services, tokenIn(request))) return sendError(reply, new ApiError('not_found'))
      return reply.type('text/html; charset=utf-8').send(page(QUESTION))
    })
    app.post('/unsubscribe/:token', { config: { body: 'ignored' } }, async (request, reply) => {
      try {
        if (!(await unsubscribe(services, tokenIn(request)))) throw new ApiError('not_found')
        return await reply.type('text/html; charset=utf-8').send(page(DONE))
      } catch (error) {
        return sendError(reply, error)
      }
    })
  }
}

function tokenIn({ params }: FastifyRequest): string {
  const { token = '' } = params as { token?: string }
  return token
}

const QUESTION = `<p>Turn off reminders by email?</p>
<form method="post"><button>Turn off</button></form>`
const DONE = '<p>Reminders by email are off. You can turn them on again in your settings.</p>'

function page(body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Reminders by email</title></head>
<body style="font-family: sans-serif; line-height: 1.5; max-width: 36rem; margin: 2rem auto; padding: 0 1rem">
${body}
</body>
</html>
`
}
