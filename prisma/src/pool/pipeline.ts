import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, QueryConfig } from 'pg'
import { isConnectionLimit, type ConnectionBudget } from './budget.ts'
import type { Connection } from './connection.ts'
import { ConnectionError } from './error_code.ts'
import { pipelinedConnection, type PipelinedConnection } from './pipelined_connection.ts'
import type { Answers } from './pipelined_query.ts'

/**
 * A few connections that the short statements of many callers share. Each statement is sent at once, without waiting
 * for the answers to those before it (PostgreSQL's pipeline mode).
 */
export interface Pipeline {
  /**
   * Runs a statement and resolves to its rows. Concurrent statements with the same `serializeBy` use one connection, in
   * order: they would wait for each other's row locks anyway, and this way they block one connection instead of all.
   * Rejects with pg's errors, and like a pool without a free connection when every connection is stalled. Without an
   * answer it is cancelled in PostgreSQL; in any case it settles within 4 s of `start`, a time of `performance.now()`
   * since which its caller has been waiting.
   */
  run(query: QueryConfig, serializeBy?: string, start?: number): Promise<unknown[]>
  /**
   * Runs statements as one transaction, and resolves to the rows of each, or why they cannot be read. Rejects with a `StatementsError` if none of them
   * took place because one failed. Statements with the same `serializeBy` follow it on its connection. Undefined if the
   * connection that would take them has not prepared all of them yet but the first: nothing was sent.
   */
  runTogether(statements: readonly SerializedQuery[], start?: number): Promise<Answers> | undefined
  /** The open connections: those with a statement in flight, and the others. */
  connections(): { used: number; idle: number }
  /** Accepts no more statements. Resolves when those in flight have been answered. */
  close(): Promise<void>
}

export interface SerializedQuery {
  readonly query: QueryConfig
  readonly serializeBy: string | undefined
}

export interface PipelineOptions {
  readonly connection: Connection
  readonly count: number
  /** Milliseconds after which an unused connection is closed. */
  readonly idleMs?: number
  /** Milliseconds after which a statement is cancelled. */
  readonly timeoutMs?: number
  /** Milliseconds after which a connection is given up whose statement was cancelled and has no answer. */
  readonly giveUpMs?: number
  /** Milliseconds after which a statement without an answer keeps others from queueing behind it. */
  readonly stalledMs?: number
  /** Where the server refuses another connection: milliseconds that a statement waits for one of the others. */
  readonly refusedMs?: number
  /** How many connections the process may open, and which share of them is for this pipeline. */
  readonly budget?: { readonly connections: ConnectionBudget; readonly share: 'reads' | 'writes' } | undefined
  /** Called with each connection that was opened. */
  readonly onOpen?: ((client: Client) => void) | undefined
  /** Called for each connection that was lost. */
  readonly log?: ((message: string) => void) | undefined
}

/** Stop queueing on a connection whose oldest statement has waited this long. */
const STALLED_MS = 3000
/** A connection that failed to open answers at once, and so would always look free: prefer others for this long. */
const AVOIDED_MS = 1000
/**
 * A statement that waits for a lock, or for a server that hangs, is cancelled after this long. No session setting could
 * do this: behind a pooler it would leak to other clients, and a server that hangs would not act on it.
 */
const TIMEOUT_MS = 3300
const GIVE_UP_MS = 400
const WATCH_MS = 100
const REFUSED_MS = 3000
const RETRY_MS = 50

// Times are milliseconds of `performance.now()`.
interface Slot {
  /** Undefined until the first statement needs it, and again after the connection was lost or idle. */
  connection: PipelinedConnection | undefined
  /** When opening the connection last failed. */
  failedAt: number
  readonly idleTimer: NodeJS.Timeout
}

interface Queue {
  readonly slot: Slot
  inFlight: number
}

export function openPipeline(options: PipelineOptions): Pipeline {
  const { count, idleMs = 30_000, budget, log } = options
  const { timeoutMs = TIMEOUT_MS, giveUpMs = GIVE_UP_MS, stalledMs = STALLED_MS, refusedMs = REFUSED_MS } = options
  const slots = Array.from({ length: count }, newSlot)
  const queues = new Map<string, Queue>()
  /** All that have not ended, those of no slot any more included. */
  const connections = new Set<PipelinedConnection>()
  let closed = false
  let watching: NodeJS.Timeout | undefined
  /** Up to when what was answered is known. */
  let watchedAt = -Infinity
  budget?.connections.onRefused(() => closeSurplus(allowed()))

  function newSlot(): Slot {
    const idleTimer = setTimeout(() => slot.connection?.inFlight() === 0 && retire(slot), idleMs).unref()
    const slot: Slot = { connection: undefined, failedAt: -Infinity, idleTimer }
    return slot
  }

  /** How many connections may be open now. */
  function allowed(): number {
    return budget === undefined ? count : budget.connections.limits()[budget.share]
  }

  function openCount(): number {
    return slots.reduce((open, { connection }) => (connection === undefined ? open : open + 1), 0)
  }

  /** Closes unused connections beyond the limit, which others may need more. */
  function closeSurplus(limit: number): void {
    let surplus = openCount() - limit
    for (const slot of slots) {
      if (surplus <= 0) return
      if (slot.connection?.inFlight() !== 0) continue
      retire(slot)
      surplus--
    }
  }

  /** One timer for all statements: one for each would cost more than sending it. */
  function watch(): NodeJS.Timeout {
    // A process that was stopped or short of CPU first reads what has been answered meanwhile: until then it cannot know
    // whether the database was late, or only itself.
    return setInterval(() => setImmediate(enforceTimeouts, performance.now()), WATCH_MS).unref()
  }

  function enforceTimeouts(now: number): void {
    watchedAt = now
    let inFlight = 0
    for (const connection of connections) {
      inFlight += connection.inFlight()
      connection.enforceTimeout(now)
    }
    if (inFlight > 0) return
    clearInterval(watching)
    watching = undefined
  }

  /** The connection with the fewest statements in flight among those that make progress. */
  function leastLoaded(now: number): Slot {
    const load = ({ connection, failedAt }: Slot) =>
      (connection?.inFlight() ?? 0) + (now - failedAt < AVOIDED_MS ? 1_000_000 : 0)
    const limit = allowed()
    const canOpen = limit >= count || openCount() < limit
    let best: Slot | undefined
    for (const slot of slots) {
      if (slot.connection === undefined && !canOpen) continue
      if ((best === undefined || load(slot) < load(best)) && !isStalled(slot)) best = slot
    }
    return best ?? throwOverloaded()
  }

  function isStalled({ connection }: Slot): boolean {
    return connection !== undefined && connection.waitedMs(watchedAt) > stalledMs
  }

  function queueFor(serializeBy: string) {
    const known = queues.get(serializeBy)
    // On other connections they would wait for the same lock, and block one connection after the other.
    if (known !== undefined) return isStalled(known.slot) ? throwOverloaded() : known
    const queue = { slot: leastLoaded(performance.now()), inFlight: 0 }
    queues.set(serializeBy, queue)
    return queue
  }

  function connect(slot: Slot): PipelinedConnection {
    const connection = pipelinedConnection({
      connection: options.connection,
      timeoutMs,
      giveUpMs,
      onOpen(client) {
        budget?.connections.opened()
        client.once('end', () => budget?.connections.closed())
        options.onOpen?.(client)
      },
      onUnusable({ message }, wasOpen) {
        if (slot.connection === connection) slot.connection = undefined
        if (wasOpen) log?.(`database connection lost: ${message}`)
        else slot.failedAt = performance.now()
      },
      onEnd: () => connections.delete(connection),
    })
    connections.add(connection)
    slot.connection = connection
    return connection
  }

  async function runOn(slot: Slot, statements: readonly QueryConfig[], start: number): Promise<Answers> {
    watching ??= watch()
    const connection = slot.connection ?? connect(slot)
    try {
      return await connection.run(statements, start)
    } finally {
      if (connection.inFlight() === 0) {
        slot.idleTimer.refresh()
        const limit = allowed()
        if (limit < count) closeSurplus(limit)
      }
    }
  }

  async function runOnce(query: QueryConfig, serializeBy: string | undefined, start: number): Promise<unknown[]> {
    if (serializeBy === undefined) return firstOf(runOn(leastLoaded(performance.now()), [query], start))
    const queue = queueFor(serializeBy)
    queue.inFlight++
    try {
      return await firstOf(runOn(queue.slot, [query], start))
    } finally {
      leave(serializeBy, queue)
    }
  }

  function leave(serializeBy: string, queue: Queue): void {
    if (--queue.inFlight === 0 && queues.get(serializeBy) === queue) queues.delete(serializeBy)
  }

  async function runAllOn(slot: Slot, statements: readonly SerializedQuery[], start: number): Promise<Answers> {
    const joined = new Map(
      statements.flatMap(({ serializeBy }) =>
        serializeBy === undefined ? [] : [[serializeBy, { slot, inFlight: 1 }]],
      ),
    )
    for (const [serializeBy, queue] of joined) queues.set(serializeBy, queue)
    try {
      return await runOn(
        slot,
        statements.map(({ query }) => query),
        start,
      )
    } finally {
      for (const [serializeBy, queue] of joined) leave(serializeBy, queue)
    }
  }

  /** Retries on the existing connections if the server refused another one: the statement was not sent. */
  async function runWithoutAnother(query: QueryConfig, serializeBy: string | undefined, start: number) {
    for (;;) {
      budget?.connections.shrink()
      if (serializeBy !== undefined) queues.delete(serializeBy)
      await sleep(RETRY_MS)
      try {
        return await runOnce(query, serializeBy, start)
      } catch (error) {
        if (!isConnectionLimit(error) || performance.now() - start >= refusedMs) throw error
      }
    }
  }

  return {
    async run(query, serializeBy, start = performance.now()) {
      if (closed) throw new Error('the pipelined connections are closed')
      try {
        return await runOnce(query, serializeBy, start)
      } catch (error) {
        if (!isConnectionLimit(error)) throw error
        return runWithoutAnother(query, serializeBy, start)
      }
    },
    runTogether(statements, start = performance.now()) {
      if (closed) return undefined
      const slot = leastLoaded(performance.now())
      const { connection } = slot
      const isKnown = ({ query: { name } }: SerializedQuery) => name !== undefined && connection?.hasPrepared(name)
      return statements.slice(1).every(isKnown) ? runAllOn(slot, statements, start) : undefined
    },
    connections() {
      const open = slots.flatMap(({ connection }) => connection ?? [])
      const used = open.filter((connection) => connection.inFlight() > 0).length
      return { used, idle: open.length - used }
    },
    async close() {
      closed = true
      await Promise.all([...connections].map((connection) => connection.settled()))
      clearInterval(watching)
      for (const slot of slots) {
        clearTimeout(slot.idleTimer)
        retire(slot)
      }
    },
  }
}

async function firstOf(answers: Promise<Answers>): Promise<unknown[]> {
  const [rows = []] = await answers
  if (rows instanceof Error) throw rows
  return rows
}

function retire(slot: Slot): void {
  slot.connection?.retire()
  slot.connection = undefined
}

/** Throws the error of a pool without a free connection, which is mapped to `overloaded`. */
function throwOverloaded(): never {
  throw new ConnectionError('POOL_TIMEOUT', 'timeout exceeded when trying to connect: the database is not keeping up')
}
