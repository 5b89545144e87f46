import type { Db } from '@taskwire/db'
import { z } from 'zod'
import { isForbiddenUrl } from '../webhook/address.ts'
import { arePushKeys } from './encrypt.ts'

/** How many browsers of a user get pushes. A further one takes the place of the oldest. */
export const SUBSCRIPTIONS_PER_USER = 10

/** What a browser sends: its `PushSubscription`, and how it wants to be told. */
export const pushSubscriptionInput = z.strictObject({
  endpoint: z.url().max(1000),
  keys: z
    .strictObject({ p256dh: z.string().regex(/^[\w-]{87}$/), auth: z.string().regex(/^[\w-]{22}$/) })
    .refine(arePushKeys, 'Must be the keys of a subscription'),
  language: z.enum(['en', 'de']).optional(),
  shows_title: z.boolean().optional(),
})

/** Whose subscription it is, and the session that it ends with. */
export interface Subscriber {
  readonly user_id: string
  readonly session_id: string
}

type SubscriptionTable = {
  readonly pushSubscription: Pick<Db['pushSubscription'], 'deleteMany' | 'upsert' | 'findMany'>
}

/** Whether messages may be sent to an endpoint. Without private addresses also only over TLS, because they carry a signature. */
export function isPushEndpoint(endpoint: string, allowPrivate: boolean): boolean {
  const url = new URL(endpoint)
  return !isForbiddenUrl(url, allowPrivate) && (url.protocol === 'https:' || allowPrivate)
}

/** Stores a browser's subscription. A browser has one, whoever uses it: it leaves the user who had it before. */
export async function savePushSubscription(
  db: SubscriptionTable,
  { user_id, session_id }: Subscriber,
  input: z.infer<typeof pushSubscriptionInput>,
): Promise<void> {
  const { endpoint, keys, language = 'en', shows_title = true } = input
  const stored = { session_id, ...keys, language, shows_title, retry_at: null }
  await db.pushSubscription.deleteMany({ where: { endpoint, NOT: { user_id } } })
  await db.pushSubscription.upsert({
    where: { endpoint },
    create: { user_id, endpoint, ...stored },
    update: stored,
  })
  const oldest = await db.pushSubscription.findMany({
    where: { user_id },
    orderBy: { id: 'desc' },
    skip: SUBSCRIPTIONS_PER_USER,
    select: { id: true },
  })
  if (oldest.length === 0) return
  await db.pushSubscription.deleteMany({ where: { user_id, id: { in: oldest.map(({ id }) => id) } } })
}

export async function removePushSubscription(db: SubscriptionTable, user_id: string, endpoint: string): Promise<void> {
  await db.pushSubscription.deleteMany({ where: { user_id, endpoint } })
}
