import { setTimeout as pause } from 'node:timers/promises'
import type { ClientConfig } from 'pg'
import type { Connection } from '../connection.ts'
import { nameOf, type DatabaseServer } from '../database_url.ts'
import { connectMonitor, type Monitor } from './monitor.ts'
import { replay, type Replay } from './replay.ts'
import { standbyClient } from './standby_client.ts'
import type { StandbyReads } from './standby_reads.ts'
import { standbyProblem, type PrimaryFacts, type StandbyFacts, type WalPosition } from './wal_position.ts'

/** A server that follows the primary. It is watched as long as it is open, and used while nothing is wrong with it. */
export interface Standby {
  isUsable(): boolean
  /** Resolves to its connections once it has everything up to a position; to undefined if that takes too long. */
  readsAt(position: WalPosition): Promise<StandbyReads | undefined>
  inFlight(): number
  close(): Promise<void>
}

export interface StandbyOptions {
  readonly server: DatabaseServer
  /** What its connections are opened with, the login included. */
  readonly config: ClientConfig
  readonly openReads: (connection: Connection) => StandbyReads
  /** Rejects while the primary cannot be asked. */
  readonly askPrimary: () => Promise<PrimaryFacts>
  readonly log?: ((message: string) => void) | undefined
  /** Milliseconds between two looks at it, whether it is used or not. */
  readonly lookMs?: number
}

interface Followed {
  readonly reads: StandbyReads
  readonly replay: Replay
  /** That of the primary which it follows. */
  history: string
}

/** `unknown`: there is no primary to compare it with. */
type Seen = 'follows' | 'late' | 'unknown'

const LOOK_MS = 500
/** One that is late by more is said to be in the log after so many looks. */
const LATE_LOOKS = 6

export function openStandby(options: StandbyOptions): Standby {
  const { server, config, openReads, askPrimary, log, lookMs = LOOK_MS } = options
  const closing = new AbortController()
  const name = nameOf(server)
  let followed: Followed | undefined
  let said = ''

  function report(message: string): void {
    if (message !== said) log?.(message)
    said = message
  }

  async function watch(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await follow()
      } catch (error) {
        if (!closing.signal.aborted) report(`the standby ${name} answers no reads: ${messageOf(error)}`)
      }
      await pause(lookMs, undefined, { signal: closing.signal, ref: false }).catch(() => {})
    }
  }

  /** Looks at one instance of the server until something is wrong with it. */
  async function follow(): Promise<void> {
    const monitor = await connectMonitor(server, config)
    try {
      const progress = reportProgress()
      while (!closing.signal.aborted) {
        progress(await look(monitor))
        await pause(lookMs, undefined, { signal: closing.signal, ref: false })
      }
    } finally {
      leave()
      monitor.close()
    }
  }

  /** Reports what was seen in looks: a standby that is late for a moment is not worth a line. */
  function reportProgress(): (seen: Seen) => void {
    let lateLooks = 0
    return (seen) => {
      lateLooks = seen === 'late' ? lateLooks + 1 : 0
      if (seen === 'follows') report(`the standby ${name} answers reads`)
      if (lateLooks === LATE_LOOKS) report(`the standby ${name} answers no reads: it is late`)
    }
  }

  /** Throws where it cannot be used. */
  async function look(monitor: Monitor): Promise<Seen> {
    const [facts, primary] = await Promise.all([monitor.facts(), askPrimary().catch(withoutPrimary)])
    if (primary === undefined) return 'unknown'
    const problem = standbyProblem(facts, primary)
    if (problem !== undefined) throw new Error(problem)
    followed ??= followedBy(monitor, facts)
    followed.history = primary.history
    return (await followed.replay.tryAgain(primary.lsn)) ? 'follows' : 'late'
  }

  function withoutPrimary(error: unknown): undefined {
    if (!closing.signal.aborted) report(`the standby ${name} answers no reads: no primary, ${messageOf(error)}`)
  }

  function followedBy(monitor: Monitor, { instance }: StandbyFacts): Followed {
    const reads = openReads({ ...config, Client: standbyClient(server, instance) })
    return { reads, replay: replay(() => monitor.replayed()), history: '' }
  }

  function leave(): void {
    followed?.reads.abandon()
    void followed?.reads.close().catch(() => {})
    followed = undefined
  }

  const watched = watch()
  return {
    isUsable: () => followed !== undefined && !followed.replay.isLate(),
    async readsAt({ history, lsn }) {
      const following = followed
      if (following === undefined || following.history !== history) return undefined
      const isReached = await following.replay.reaches(lsn)
      return isReached && following === followed ? following.reads : undefined
    },
    inFlight: () => followed?.reads.inFlight() ?? 0,
    async close() {
      const reads = followed?.reads
      followed = undefined
      closing.abort()
      await reads?.close()
      await watched
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
