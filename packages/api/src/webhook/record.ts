import type { Sql } from '@taskwire/db'
import type { WebhookEvent } from './event.ts'
import { columns, type LeasedWebhook } from './lease.ts'

/** How an attempt ended, and what follows from it. */
export interface Attempt {
  readonly event: WebhookEvent
  readonly status: 'pending' | 'delivered' | 'failed'
  readonly response_status: number | null
  readonly error: string | null
  readonly at: Date
  readonly next_attempt_at: Date | null
  readonly disabled_reason: 'gone' | 'failing' | null
}

export interface Attempts {
  readonly of: readonly Attempt[]
  /** There is one, at the next change of the log, for which the later ones wait. */
  readonly in_log: boolean
  readonly leaseMs: number
}

// What disabled a webhook stays queued, except a test: enabled again, it goes on with that. A failure at an address that the
// webhook had before says nothing of the one that it has now: the event is due again at once.
const record = `
  WITH made AS (
    SELECT * FROM unnest($7::text[], $8::int[], $9::text[], $10::text[], $11::smallint[], $12::text[], $13::timestamptz[],
      $14::timestamptz[], $15::text[]) AS made (event_key, seq, type, status, response_status, error, at, next_attempt_at,
      disabled_reason)
  ), hook AS (
    UPDATE taskwire.webhook SET
      seq = CASE WHEN $6 AND made.status = 'delivered' THEN made.seq ELSE webhook.seq END,
      attempts = CASE WHEN NOT $6 THEN attempts WHEN made.status = 'delivered' OR url <> $5 THEN 0 ELSE attempts + 1 END,
      retry_at = CASE WHEN NOT $6 THEN retry_at WHEN url = $5 THEN made.next_attempt_at END,
      enabled = enabled AND (made.disabled_reason IS NULL OR url <> $5),
      disabled_reason = CASE WHEN url = $5 THEN coalesce(made.disabled_reason, webhook.disabled_reason) ELSE webhook.disabled_reason END,
      lease_until = clock_timestamp() + $4 * interval '1 ms'
    FROM (SELECT * FROM made ORDER BY disabled_reason NULLS LAST LIMIT 1) AS made
    WHERE user_id = $1 AND id = $2 AND lease = $3
    RETURNING ${columns('webhook.')}, url <> $5 AS moved
  ), stored AS (
    INSERT INTO taskwire.webhook_delivery AS here (user_id, webhook_id, event_key, seq, type, queued, attempts, status,
      response_status, error, last_attempt_at, next_attempt_at)
    SELECT user_id, id, event_key, made.seq, type,
      NOT $6 AND (again OR made.status = 'pending' OR made.disabled_reason IS NOT NULL AND type <> 'test'), 1,
      CASE WHEN again THEN 'pending' ELSE status END, response_status, error, at,
      CASE WHEN again THEN at ELSE next_attempt_at END
    FROM hook, made, LATERAL (SELECT moved AND status <> 'delivered' AND type <> 'test' AS again) AS judged
    ON CONFLICT (user_id, webhook_id, event_key) DO UPDATE SET
      queued = excluded.queued, attempts = here.attempts + 1, status = excluded.status,
      response_status = excluded.response_status, error = excluded.error, last_attempt_at = excluded.last_attempt_at,
      next_attempt_at = excluded.next_attempt_at
  )
  SELECT ${columns()} FROM hook`

/** Stores attempts at `url` and renews the lease. Null where the lease is lost: another process delivers now. */
export async function recordAttempts(
  sql: Sql,
  { user_id, id, lease, url }: Pick<LeasedWebhook, 'user_id' | 'id' | 'lease' | 'url'>,
  { of, in_log, leaseMs }: Attempts,
): Promise<LeasedWebhook | null> {
  const events = [of.map(({ event }) => event.key), of.map(({ event }) => event.seq), of.map(({ event }) => event.type)]
  const results = [of.map(({ status }) => status), of.map((one) => one.response_status), of.map(({ error }) => error)]
  const times = [of.map(({ at }) => at), of.map((one) => one.next_attempt_at), of.map((one) => one.disabled_reason)]
  const values = [user_id, id, lease, leaseMs, url, in_log, ...events, ...results, ...times]
  const [hook] = await sql<LeasedWebhook>({ text: record, values })
  return hook ?? null
}
