import type { Db } from '@taskwire/db'

const KEPT_DAYS = 7
const ROWS = 5000

/** Removes deliveries of more than a week ago that ended, or wait for a webhook that is disabled, in small statements. Any replica may call it at any time. */
export async function purgeDeliveries(db: Db, signal?: AbortSignal, rows = ROWS): Promise<number> {
  let all = 0
  for (let removed = rows; removed === rows && signal?.aborted !== true; all += removed) {
    removed = await db.$executeRaw`
      DELETE FROM taskwire.webhook_delivery WHERE (user_id, id) IN (
        SELECT user_id, id FROM taskwire.webhook_delivery
        WHERE created_at < now() - make_interval(days => ${KEPT_DAYS}) AND (status <> 'pending' OR EXISTS (
          SELECT FROM taskwire.webhook AS hook
          WHERE (hook.user_id, hook.id) = (webhook_delivery.user_id, webhook_id) AND NOT enabled))
        ORDER BY created_at LIMIT ${rows} FOR UPDATE SKIP LOCKED)`
  }
  return all
}
