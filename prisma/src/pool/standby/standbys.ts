import { runForNoCaller } from '../caller.ts'
import { standbyAddress } from '../connection.ts'
import type { FairShareOptions } from '../fair_share.ts'
import type { Sql } from '../sql.ts'
import { sharedQuestion } from './shared_question.ts'
import { openStandby, type Standby } from './standby.ts'
import { openStandbyReads, type StandbyReads } from './standby_reads.ts'
import { primaryFacts, primaryPosition, type WalPosition } from './wal_position.ts'

/** The standbys of a database, as far as they answer reads. */
export interface Standbys {
  /**
   * Resolves to a standby that has everything that was committed before the call; to undefined if there is none, and the
   * primary is to be read.
   */
  upToDate(): Promise<StandbyReads | undefined>
  /** How many are used at this moment, and how many are not. */
  count(): { used: number; unused: number }
  close(): Promise<void>
}

export interface StandbysOptions {
  /** A PostgreSQL URL with one host or several, each of which is one standby. */
  readonly url: string
  /** Runs statements on the primary. */
  readonly primary: Sql
  /** Of each standby. */
  readonly connections: { readonly reads: number; readonly dedicated: number }
  readonly share: FairShareOptions
  readonly waitMs: number
  readonly log?: ((message: string) => void) | undefined
}

export function openStandbys({ url, primary, connections, share, waitMs, log }: StandbysOptions): Standbys {
  const { servers, config } = standbyAddress(url)
  const askPrimary = sharedQuestion(() => runForNoCaller(() => primaryFacts(primary)))
  const standbys = servers.map((server) =>
    openStandby({
      server,
      config: { ...config, connectionTimeoutMillis: waitMs },
      openReads: (connection) => openStandbyReads({ connection, ...connections, share, waitMs }),
      askPrimary,
      log,
    }),
  )

  const askPosition = sharedQuestion(async () => {
    const position = await runForNoCaller(() => primaryPosition(primary))
    // In an object, because the next question need not wait for it.
    return { reads: readsAt(position) }
  })

  /** One standby for all who share a question: the one with the least to do. */
  async function readsAt(position: WalPosition): Promise<StandbyReads | undefined> {
    const usable = standbys.filter((standby) => standby.isUsable())
    return usable.toSorted((one, other) => one.inFlight() - other.inFlight())[0]?.readsAt(position)
  }

  return {
    async upToDate() {
      if (!standbys.some(isUsable)) return undefined
      try {
        return await (
          await askPosition()
        ).reads
      } catch {
        // The primary will say why.
        return undefined
      }
    },
    count() {
      const used = standbys.filter(isUsable).length
      return { used, unused: standbys.length - used }
    },
    async close() {
      await Promise.all(standbys.map((standby) => standby.close()))
    },
  }
}

function isUsable(standby: Standby): boolean {
  return standby.isUsable()
}
