import type { Sql } from '@taskwire/db'
import type { WebhookEvent } from './event.ts'

/** A webhook that this process delivers to: no other one does, until the lease expires. */
export interface LeasedWebhook {
  readonly user_id: string
  readonly id: number
  readonly url: string
  readonly events: readonly string[]
  readonly secret: string
  readonly former_secret: string | null
  readonly former_secret_until: Date | null
  readonly enabled: boolean
  readonly seq: number
  readonly attempts: number
  readonly retry_at: Date | null
  readonly lease: string
}

const columns =
  'user_id, id, url, events, secret, former_secret, former_secret_until, enabled, seq, attempts, retry_at, lease'

// Leases run by the database's clock, which the replicas have in common. Webhooks that were served longest ago come
// first, so that one with an endless backlog does not keep the others waiting. A user gets no more places than their share, so that
// the slow receivers of some users leave places for the others.
const claim = `
  WITH due AS (
    SELECT hook.user_id, hook.id, lease_until,
      row_number() OVER (PARTITION BY hook.user_id ORDER BY lease_until NULLS FIRST) + coalesce(sessions, 0) AS place
    FROM taskwire.webhook AS hook
      LEFT JOIN taskwire.change_counter AS counter ON counter.user_id = hook.user_id
      LEFT JOIN unnest($4::text[], $5::int[]) AS served (user_id, sessions) ON served.user_id = hook.user_id
    WHERE enabled AND (lease_until IS NULL OR lease_until < clock_timestamp()) AND (
      'change' = ANY(events) AND hook.seq < counter.seq AND (retry_at IS NULL OR retry_at <= $1::timestamptz)
      OR (hook.user_id, hook.id) IN (
        SELECT user_id, webhook_id FROM taskwire.webhook_delivery WHERE queued AND next_attempt_at <= $1::timestamptz))
  )
  UPDATE taskwire.webhook SET lease = gen_random_uuid()::text, lease_until = clock_timestamp() + $2 * interval '1 ms'
  WHERE (user_id, id) IN (
    SELECT hook.user_id, hook.id FROM taskwire.webhook AS hook JOIN due ON due.user_id = hook.user_id AND due.id = hook.id
    WHERE place <= $6 AND enabled AND (hook.lease_until IS NULL OR hook.lease_until < clock_timestamp())
    ORDER BY due.lease_until NULLS FIRST LIMIT $3 FOR UPDATE OF hook SKIP LOCKED)
  RETURNING ${columns}`

export interface Claim {
  readonly now: Date
  readonly leaseMs: number
  readonly limit: number
  /** How many webhooks of one user this process delivers to at once. */
  readonly perUser: number
  /** To how many of each user it does so already. */
  readonly served: ReadonlyMap<string, number>
}

/** Leases webhooks that have something to deliver, and that no other process delivers to. */
export function claimWebhooks(sql: Sql, { now, leaseMs, limit, perUser, served }: Claim): Promise<LeasedWebhook[]> {
  const sessions = [[...served.keys()], [...served.values()]]
  return sql({ text: claim, values: [now, leaseMs, limit, ...sessions, perUser] })
}

/** How an attempt ended, and what follows from it. */
export interface Attempt {
  readonly event: WebhookEvent
  /** It is the next change of the log, for which the later ones wait. */
  readonly in_log: boolean
  readonly status: 'pending' | 'delivered' | 'failed'
  readonly response_status: number | null
  readonly error: string | null
  readonly at: Date
  readonly next_attempt_at: Date | null
  readonly disabled_reason: 'gone' | 'failing' | null
}

// What disabled a webhook stays queued, except a test: enabled again, it goes on with that. A failure at an address that the
// webhook had before says nothing of the one that it has now: the event is due again at once.
const record = `
  WITH hook AS (
    UPDATE taskwire.webhook SET
      seq = CASE WHEN $6::boolean AND $7 = 'delivered' THEN $8::int ELSE seq END,
      attempts = CASE WHEN NOT $6 THEN attempts WHEN $7 = 'delivered' OR url <> $15 THEN 0 ELSE attempts + 1 END,
      retry_at = CASE WHEN NOT $6 THEN retry_at WHEN url = $15 THEN $12::timestamptz END,
      enabled = enabled AND ($13::text IS NULL OR url <> $15),
      disabled_reason = CASE WHEN url = $15 THEN coalesce($13, disabled_reason) ELSE disabled_reason END,
      lease_until = clock_timestamp() + $4 * interval '1 ms'
    WHERE user_id = $1 AND id = $2 AND lease = $3
    RETURNING ${columns}, url <> $15 AND $7 <> 'delivered' AND $14::text <> 'test' AS moved
  ), stored AS (
    INSERT INTO taskwire.webhook_delivery AS here (user_id, webhook_id, event_key, seq, type, queued, attempts, status,
      response_status, error, last_attempt_at, next_attempt_at)
    SELECT user_id, id, $5, $8::int, $14::text,
      NOT $6 AND (moved OR $7 = 'pending' OR $13 IS NOT NULL AND $14::text <> 'test'), 1,
      CASE WHEN moved THEN 'pending' ELSE $7 END, $9::smallint, $10, $11::timestamptz,
      CASE WHEN moved THEN $11 ELSE $12 END::timestamptz FROM hook
    ON CONFLICT (user_id, webhook_id, event_key) DO UPDATE SET
      queued = excluded.queued, attempts = here.attempts + 1, status = excluded.status,
      response_status = excluded.response_status, error = excluded.error, last_attempt_at = excluded.last_attempt_at,
      next_attempt_at = excluded.next_attempt_at
  )
  SELECT ${columns} FROM hook`

/** Stores an attempt at `url` and renews the lease. Null where the lease is lost: another process delivers now. */
export async function recordAttempt(
  sql: Sql,
  { user_id, id, lease, url, leaseMs }: Pick<LeasedWebhook, 'user_id' | 'id' | 'lease' | 'url'> & { leaseMs: number },
  attempt: Attempt,
): Promise<LeasedWebhook | null> {
  const { event, in_log, status, response_status, error, at, next_attempt_at, disabled_reason } = attempt
  const result = [response_status, error, at, next_attempt_at, disabled_reason]
  const values = [user_id, id, lease, leaseMs, event.key, in_log, status, event.seq, ...result, event.type, url]
  const [hook] = await sql<LeasedWebhook>({ text: record, values })
  return hook ?? null
}

const release = `
  UPDATE taskwire.webhook SET lease = NULL, lease_until = clock_timestamp() WHERE user_id = $1 AND id = $2 AND lease = $3`

/** Lets other processes deliver to a webhook. */
export async function releaseWebhook(sql: Sql, { user_id, id, lease }: LeasedWebhook): Promise<void> {
  await sql({ text: release, values: [user_id, id, lease] })
}

const lag = `
  SELECT coalesce(sum(counter.seq - hook.seq), 0)::float8 AS changes
  FROM taskwire.webhook AS hook JOIN taskwire.change_counter AS counter ON counter.user_id = hook.user_id
  WHERE enabled AND 'change' = ANY(events)`

/** How many changes are still to be delivered, over all enabled webhooks. */
export async function webhookLag(sql: Sql): Promise<number> {
  const [row] = await sql<{ changes: number }>({ text: lag, values: [] })
  return row?.changes ?? 0
}
