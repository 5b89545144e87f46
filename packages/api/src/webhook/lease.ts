import type { Sql } from '@taskwire/db'

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

const names =
  'user_id, id, url, events, secret, former_secret, former_secret_until, enabled, seq, attempts, retry_at, lease'
/** The columns of a leased webhook. */
export const columns = (table = '') => names.replaceAll(/\w+/g, (name) => `${table}${name}`)

// Leases run by the database's clock, which the replicas have in common. Webhooks that were served longest ago come
// first, so that one with an endless backlog does not keep the others waiting. A user gets no more places than their share, so that
// the slow receivers of some users leave places for the others.
// The lock leaves the key alone, so that reminders are queued for a webhook meanwhile.
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
    ORDER BY due.lease_until NULLS FIRST LIMIT $3 FOR NO KEY UPDATE OF hook SKIP LOCKED)
  RETURNING ${columns()}`

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

// One that is locked is renewed the next time, so that this waits for nobody.
const renew = `
  UPDATE taskwire.webhook SET lease_until = clock_timestamp() + $4 * interval '1 ms'
  WHERE (user_id, id) IN (
    SELECT hook.user_id, hook.id
    FROM taskwire.webhook AS hook JOIN unnest($1::text[], $2::int[], $3::text[]) AS held (user_id, id, lease)
      ON held.user_id = hook.user_id AND held.id = hook.id AND held.lease = hook.lease
    FOR NO KEY UPDATE OF hook SKIP LOCKED)`

/** Renews the leases that are not lost. */
export async function renewLeases(
  sql: Sql,
  held: readonly Pick<LeasedWebhook, 'user_id' | 'id' | 'lease'>[],
  leaseMs: number,
): Promise<void> {
  const users = held.map(({ user_id }) => user_id)
  const values = [users, held.map(({ id }) => id), held.map(({ lease }) => lease), leaseMs]
  await sql({ text: renew, values })
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
