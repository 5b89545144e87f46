import { runForNoCaller, type Sql } from '@taskwire/db'
import { renewLeases, type LeasedWebhook } from './lease.ts'

export interface Renewal {
  /** The leases that this process holds. */
  readonly held: () => readonly LeasedWebhook[]
  readonly leaseMs: number
}

/** Renews leases four times as often as they need it, so that a receiver which is slow to answer does not cost one. */
export function keepLeases(sql: Sql, { held, leaseMs }: Renewal): { readonly stop: () => Promise<void> } {
  let renewing: Promise<void> | undefined

  async function renew(): Promise<void> {
    // The record of each attempt says whether its lease was lost: a failure here needs no report.
    await runForNoCaller(() => renewLeases(sql, held(), leaseMs)).catch(() => {})
    renewing = undefined
  }

  const timer = setInterval(() => {
    if (renewing === undefined && held().length > 0) renewing = renew()
  }, leaseMs / 4)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await renewing
    },
  }
}
