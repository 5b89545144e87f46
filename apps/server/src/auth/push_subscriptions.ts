import {
  isPushEndpoint,
  pushSubscriptionInput,
  removePushSubscription,
  savePushSubscription,
  vapidKeys,
} from '@taskwire/api'
import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthEndpoint, sessionMiddleware } from 'better-auth/api'
import { z } from 'zod'
import type { Db } from '@taskwire/db'

const PATH = '/push'

/**
 * The routes by which a browser gets the reminders of its user by Web Push. They need a session, which the subscription ends with:
 * API keys and the tokens of OAuth clients have none.
 */
export function pushSubscriptions(db: Db, allowPrivate: boolean) {
  const use = [sessionMiddleware]
  return {
    id: 'taskwire-push',
    endpoints: {
      pushKey: createAuthEndpoint(`${PATH}/key`, { method: 'GET', use }, async (ctx) => {
        const { public_key } = await vapidKeys(db)
        return ctx.json({ public_key })
      }),
      subscribeToPush: createAuthEndpoint(
        `${PATH}/subscribe`,
        { method: 'POST', use, body: pushSubscriptionInput },
        async (ctx) => {
          const { body } = ctx
          if (!isPushEndpoint(body.endpoint, allowPrivate)) throw refusedEndpoint()
          const { user, session } = ctx.context.session
          await savePushSubscription(db, { user_id: user.id, session_id: session.id }, body)
          return ctx.json({ status: true })
        },
      ),
      unsubscribeFromPush: createAuthEndpoint(
        `${PATH}/unsubscribe`,
        { method: 'POST', use, body: z.strictObject({ endpoint: z.string().max(1000) }) },
        async (ctx) => {
          await removePushSubscription(db, ctx.context.session.user.id, ctx.body.endpoint)
          return ctx.json({ status: true })
        },
      ),
    },
  } satisfies BetterAuthPlugin
}

function refusedEndpoint(): APIError {
  return new APIError('BAD_REQUEST', { code: 'PUSH_ENDPOINT_REFUSED', message: 'This push service cannot be used' })
}
