import { randomUUID } from 'node:crypto'
import type { WebhookDelivery as DeliveryRow } from '@taskwire/db'
import type { z } from 'zod'
import { pageOf, verifyCursor } from '../core/page.ts'
import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { deliveryOutput, type deliveriesInput, type Delivery, type redeliverInput } from './schema.ts'
import { webhookRow } from './webhook.ts'

const DEFAULT_LIMIT = 50

/** A webhook's deliveries, the newest first. They are kept for a week. */
export async function deliveryPage(ctx: UserContext, input: z.infer<typeof deliveriesInput>) {
  const { webhook_id, limit = DEFAULT_LIMIT, cursor } = input
  const { services, user_id } = ctx
  const query = JSON.stringify(['webhook.deliveries', user_id, webhook_id])
  const [before] = verifyCursor(ctx, query, cursor) ?? []
  const rows = await services.db.webhookDelivery.findMany({
    where: { user_id, webhook_id, id: typeof before === 'number' ? { lt: before } : undefined },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  if (rows.length === 0) await webhookRow(ctx, webhook_id)
  return pageOf(rows.map(shown), limit, (last) => services.cursors.sign(query, [last.id]))
}

// One statement that locks the webhook, because it may be deleted at the same time.
const insertTest = `
  INSERT INTO taskwire.webhook_delivery (user_id, webhook_id, event_key, type, payload, queued, status, next_attempt_at)
  SELECT user_id, id, $3, 'test', jsonb_build_object('webhook_id', id), true, 'pending', $4::timestamptz
  FROM taskwire.webhook WHERE user_id = $1 AND id = $2 FOR KEY SHARE
  RETURNING *`

/** Queues an event of type `test`, which is sent once. */
export async function sendTest({ services, user_id }: UserContext, webhook_id: number): Promise<Delivery> {
  const values = [user_id, webhook_id, `test:${randomUUID()}`, services.now?.() ?? new Date()]
  const [row] = await services.sql<DeliveryRow>({ text: insertTest, values })
  if (row === undefined) throw new ApiError('webhook_not_found')
  return shown(row)
}

/** Sends the event of a delivery again, or tries again now what waits for its next attempt. */
export async function redeliver(ctx: UserContext, input: z.infer<typeof redeliverInput>): Promise<Delivery> {
  const { webhook_id, delivery_id } = input
  const { services, user_id } = ctx
  const hook = await webhookRow(ctx, webhook_id)
  const where = { user_id, webhook_id, id: delivery_id }
  const delivery = await services.db.webhookDelivery.findFirst({ where })
  if (delivery === null) throw new ApiError('item_not_found')
  const next_attempt_at = services.now?.() ?? new Date()
  const waitsInLog = delivery.seq !== null && delivery.seq > hook.seq
  if (waitsInLog) await services.db.webhook.updateMany({ where: { user_id, id: webhook_id }, data: { retry_at: null } })
  const data = waitsInLog ? { next_attempt_at } : { next_attempt_at, queued: true, status: 'pending', attempts: 0 }
  await services.db.webhookDelivery.updateMany({ where, data })
  const row = await services.db.webhookDelivery.findFirst({ where })
  if (row === null) throw new ApiError('item_not_found')
  return shown(row)
}

function shown(row: DeliveryRow): Delivery {
  return deliveryOutput.parse({
    ...row,
    id: Number(row.id),
    last_attempt_at: row.last_attempt_at?.toISOString() ?? null,
    next_attempt_at: row.status === 'pending' ? (row.next_attempt_at?.toISOString() ?? null) : null,
  })
}
