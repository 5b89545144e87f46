import { createHash, randomUUID } from 'node:crypto'
import type { ChatTimes } from '../core/services.ts'
import type { UserContext } from '../core/trpc.ts'
import * as sql from './sql.ts'

const DEFAULT_TIMES: ChatTimes = { leaseMs: 30_000, waitMs: 60_000 }

export function chatTimes({ services }: UserContext): ChatTimes {
  return services.chatTimes ?? DEFAULT_TIMES
}

/** A unique name for the holder of a lease. It ends in a hash of the message's key, so that a repeat recognises it. */
export function newLeaseHolder(key: string | undefined): string {
  return `${randomUUID()}.${keyHash(key)}`
}

/** Whether the lease is held to answer a message with this key. */
export function isHolderFor(holder: string, key: string): boolean {
  return holder.endsWith(`.${keyHash(key)}`)
}

function keyHash(key: string | undefined): string {
  return key === undefined ? '' : createHash('sha256').update(key).digest('base64url').slice(0, 22)
}

/** Acquires the lease of the conversation if it is free; returns whether it did. */
export async function acquireLease(ctx: UserContext, conversation: sql.LeasedConversation): Promise<boolean> {
  const rows = await ctx.services.sql(sql.leaseAcquire(conversation, chatTimes(ctx).leaseMs))
  return rows.length === 1
}

export async function releaseLease({ services }: UserContext, conversation: sql.LeasedConversation): Promise<void> {
  await services.sql(sql.leaseRelease(conversation))
}

/** A lease that is renewed until `stop` is called. `lost` aborts if another process holds it or it expired. */
export interface LeaseRenewal {
  readonly lost: AbortSignal
  stop(): void
}

export function renewLease(ctx: UserContext, conversation: sql.LeasedConversation): LeaseRenewal {
  const { services } = ctx
  const { leaseMs } = chatTimes(ctx)
  const lost = new AbortController()
  let renewedAt = Date.now()

  async function renew(): Promise<void> {
    const startedAt = Date.now()
    try {
      const rows = await services.sql(sql.leaseRenew(conversation, leaseMs))
      if (rows.length === 1) renewedAt = startedAt
      else lost.abort(new LeaseLostError())
    } catch (error) {
      services.log.warn({ err: error }, 'the lease of a conversation could not be renewed')
    }
    if (Date.now() - renewedAt >= leaseMs) lost.abort(new LeaseLostError())
  }

  const timer = setInterval(() => void renew(), leaseMs / 3)
  return { lost: lost.signal, stop: () => clearInterval(timer) }
}

/** The conversation was deleted, or its lease expired and another process may have acquired it. */
export class LeaseLostError extends Error {}
