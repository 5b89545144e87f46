import { randomBytes } from 'node:crypto'
import type { Webhook as WebhookRow } from '@taskwire/db'
import type { z } from 'zod'
import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { logBounds } from '../log/log.ts'
import { isForbiddenUrl } from './address.ts'
import {
  webhookOutput,
  WEBHOOKS_PER_USER,
  type createWebhookInput,
  type updateWebhookInput,
  type Webhook,
} from './schema.ts'

/** How long the secret of before a rotation signs beside the new one. */
const FORMER_SECRET_MS = 24 * 3_600_000

/** The user's webhooks, the oldest first. */
export async function webhooksOf({ services, user_id }: UserContext): Promise<Webhook[]> {
  const rows = await services.db.webhook.findMany({ where: { user_id }, orderBy: { id: 'asc' } })
  return rows.map(shown)
}

export async function webhookOf(ctx: UserContext, id: number): Promise<Webhook> {
  return shown(await webhookRow(ctx, id))
}

export async function webhookRow({ services, user_id }: UserContext, id: number): Promise<WebhookRow> {
  const row = await services.db.webhook.findFirst({ where: { user_id, id } })
  if (row === null) throw new ApiError('webhook_not_found')
  return row
}

/** Creates a webhook that delivers every change from now on. */
export async function createWebhook(ctx: UserContext, input: z.infer<typeof createWebhookInput>) {
  const { url, events = ['change', 'reminder'], description = null } = input
  assertAllowed(ctx, url)
  const { user_id } = ctx
  const secret = newSecret()
  const row = await ctx.services.transact(async (sql) => {
    // The lock orders this with the user's changes and with other new webhooks.
    const [counter] = await sql<{ seq: number }>({ text: lockCounter, values: [user_id] })
    const values = [user_id, url, events, description || null, secret, counter?.seq ?? 0, WEBHOOKS_PER_USER]
    const [created] = await sql<WebhookRow>({ text: insertWebhook, values })
    return created
  })
  if (row === undefined) throw tooMany()
  return { ...shown(row), secret }
}

const lockCounter = `
  INSERT INTO taskwire.change_counter AS counter (user_id, seq) VALUES ($1, 0)
  ON CONFLICT (user_id) DO UPDATE SET seq = counter.seq RETURNING seq`

const insertWebhook = `
  INSERT INTO taskwire.webhook (user_id, url, events, description, secret, seq)
  SELECT $1::text, $2, $3::text[], $4, $5, $6::int
  WHERE (SELECT count(*) FROM taskwire.webhook WHERE user_id = $1::text) < $7::int
  RETURNING *`

function tooMany(): ApiError {
  const msg = `At most ${WEBHOOKS_PER_USER} webhooks`
  return new ApiError('validation_failed', { fields: [{ type: 'too_many', loc: ['url'], msg }] })
}

/** Changes the fields that are sent. With another URL, or when it is enabled, what has failed is tried again at once. */
export async function updateWebhook(ctx: UserContext, input: z.infer<typeof updateWebhookInput>): Promise<Webhook> {
  const { webhook_id, url, events, description, enabled } = input
  if (url !== undefined) assertAllowed(ctx, url)
  const { services, user_id } = ctx
  const before = await webhookRow(ctx, webhook_id)
  const follows = events?.includes('change') === true && !before.events.includes('change')
  const triesAgain = enabled === true || (url !== undefined && url !== before.url)
  const { count } = await services.db.webhook.updateMany({
    where: { user_id, id: webhook_id },
    data: {
      ...(url === undefined ? {} : { url }),
      ...(events === undefined ? {} : { events }),
      ...(description === undefined ? {} : { description: description === '' ? null : description }),
      ...(enabled === undefined ? {} : { enabled, disabled_reason: null }),
      ...(triesAgain ? { attempts: 0, retry_at: null } : {}),
      // A webhook that begins to follow the log starts at its end, as a new one does.
      ...(follows ? { seq: (await logBounds(services.db, user_id)).last } : {}),
    },
  })
  if (count === 0) throw new ApiError('webhook_not_found')
  if (triesAgain) await deliverQueuedNow(ctx, webhook_id)
  return webhookOf(ctx, webhook_id)
}

async function deliverQueuedNow({ services, user_id }: UserContext, webhook_id: number): Promise<void> {
  const next_attempt_at = services.now?.() ?? new Date()
  await services.db.webhookDelivery.updateMany({
    where: { user_id, webhook_id, queued: true },
    data: { next_attempt_at, status: 'pending', attempts: 0 },
  })
}

export async function deleteWebhook({ services, user_id }: UserContext, id: number): Promise<void> {
  const { count } = await services.db.webhook.deleteMany({ where: { user_id, id } })
  if (count === 0) throw new ApiError('webhook_not_found')
}

/** Gives a webhook a new secret. The old one signs beside it for a day, so that the receiver can be changed meanwhile. */
export async function rotateSecret(ctx: UserContext, id: number) {
  const { services, user_id } = ctx
  const { secret: former_secret } = await webhookRow(ctx, id)
  const secret = newSecret()
  const former_secret_until = new Date((services.now?.() ?? new Date()).getTime() + FORMER_SECRET_MS)
  const { count } = await services.db.webhook.updateMany({
    where: { user_id, id, secret: former_secret },
    data: { secret, former_secret, former_secret_until },
  })
  // Rotated or deleted meanwhile: the caller who did that has the secret that counts.
  if (count === 0) throw new ApiError('webhook_not_found')
  return { ...(await webhookOf(ctx, id)), secret }
}

function assertAllowed({ services }: UserContext, url: string): void {
  if (isForbiddenUrl(new URL(url), services.allowPrivateWebhooks === true)) throw new ApiError('webhook_url_refused')
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

function shown(row: WebhookRow): Webhook {
  const { seq, created_at, ...others } = row
  return webhookOutput.parse({ ...others, next_seq: seq + 1, created_at: created_at.toISOString() })
}
