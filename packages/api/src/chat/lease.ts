import { createHash, randomUUID } from 'node:crypto'
import type { ChatTimes } from '../core/services.ts'
import type { UserContext } from '../core/trpc.ts'
import { leaseRenew, leaseTake, type Place } from './sql.ts'

export const chatTimes: ChatTimes = { lease: 30_000, patience: 60_000 }

/** A name for one turn. It ends in a mark of the message's key, so that a repeat can tell that it is running. */
export function newHolder(key: string | undefined): string {
  return `${randomUUID()}.${keyMark(key)}`
}

/** Whether a lease is held for a message with this key. */
export function holdsFor(holder: string, key: string): boolean {
  return holder.endsWith(`.${keyMark(key)}`)
}

function keyMark(key: string | undefined): string {
  return key === undefined ? '' : createHash('sha256').update(key).digest('base64url').slice(0, 22)
}

export async function tookLease({ services }: UserContext, place: Place): Promise<boolean> {
  const rows = await services.sql(leaseTake(place, timesOf(services).lease))
  return rows.length === 1
}

export function timesOf({ chatTimes: given }: { readonly chatTimes?: ChatTimes | undefined }): ChatTimes {
  return given ?? chatTimes
}

/** A lease that is renewed until `stop`. `lost` aborts when it is no longer ours, or could not be renewed in time. */
export interface KeptLease {
  readonly lost: AbortSignal
  stop(): void
}

export function keepLease({ services }: UserContext, place: Place): KeptLease {
  const { lease } = timesOf(services)
  const lost = new AbortController()
  let renewed = Date.now()

  async function renew(): Promise<void> {
    const asked = Date.now()
    try {
      const rows = await services.sql(leaseRenew(place, lease))
      if (rows.length === 1) renewed = asked
      else lost.abort(new LeaseLost())
    } catch (error) {
      services.log.warn({ err: error }, 'the lease of a conversation could not be renewed')
    }
    if (Date.now() - renewed >= lease) lost.abort(new LeaseLost())
  }

  const renewing = setInterval(() => void renew(), lease / 3)
  return { lost: lost.signal, stop: () => clearInterval(renewing) }
}

/** The conversation was deleted meanwhile, or another process took its turn because we were silent for too long. */
export class LeaseLost extends Error {}
