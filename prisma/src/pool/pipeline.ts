import { promisify } from 'node:util'
import { Client, type ClientConfig, type QueryConfig } from 'pg'
import { leavesUsable, useUtc } from './connection.ts'
import { ConnectionError } from './error_code.ts'

/**
 * A few connections that the short statements of many callers share. Each statement is sent at once, without waiting
 * for the answers to those before it (PostgreSQL's pipeline mode).
 */
export interface Pipeline {
  /**
   * Runs a statement and resolves to its rows. Concurrent statements with the same `serializeBy` use one connection, in
   * order: they would wait for each other's row locks anyway, and this way they block one connection instead of all.
   * Rejects with pg's errors, and like a pool without a free connection when every connection is stalled.
   */
  run(query: QueryConfig, serializeBy?: string): Promise<unknown[]>
  /** Accepts no more statements. Resolves when those in flight have been answered. */
  close(): Promise<void>
}

export interface PipelineOptions {
  readonly connection: ClientConfig
  readonly count: number
  /** Milliseconds after which an unused connection is closed. */
  readonly idleMs?: number
  /** Called for each connection that was lost. */
  readonly log?: ((message: string) => void) | undefined
}

/** Stop queueing on a connection whose oldest statement has waited this long. */
const STALLED_MS = 3000
/** A connection that failed to open answers at once, and so would always look free: prefer others for this long. */
const AVOIDED_MS = 1000
/** Well below the 15 s after which pg gives up a connection, and with it every statement that waits on it. */
const LOCK_TIMEOUT_MS = 10_000

// Times are milliseconds of `performance.now()`.
interface Slot {
  /** Undefined until the first statement needs it, and again after the connection was lost or idle. */
  client: Promise<Client> | undefined
  /** When each statement in flight started, in the order in which they are answered. */
  readonly startedAt: number[]
  /** Settles when everything in flight has been answered. */
  last: Promise<unknown>
  /** When opening the connection last failed. */
  failedAt: number
  corked: boolean
  readonly idleTimer: NodeJS.Timeout
}

export function openPipeline({ connection, count, idleMs = 30_000, log }: PipelineOptions): Pipeline {
  const slots = Array.from({ length: count }, newSlot)
  const queues = new Map<string, { readonly slot: Slot; inFlight: number }>()
  let closed = false

  function newSlot(): Slot {
    const idleTimer = setTimeout(() => slot.startedAt.length === 0 && disconnect(slot), idleMs).unref()
    const slot: Slot = {
      client: undefined,
      startedAt: [],
      last: Promise.resolve(),
      failedAt: -Infinity,
      corked: false,
      idleTimer,
    }
    return slot
  }

  /** The connection with the fewest statements in flight among those that make progress. */
  function leastLoaded(now: number): Slot {
    const load = ({ startedAt, failedAt }: Slot) => startedAt.length + (now - failedAt < AVOIDED_MS ? 1_000_000 : 0)
    let best: Slot | undefined
    for (const slot of slots) {
      if ((best === undefined || load(slot) < load(best)) && !isStalled(slot, now)) best = slot
    }
    return best ?? throwOverloaded()
  }

  function queueFor(serializeBy: string, now: number) {
    const known = queues.get(serializeBy)
    // On other connections they would wait for the same lock, and block one connection after the other.
    if (known !== undefined) return isStalled(known.slot, now) ? throwOverloaded() : known
    const queue = { slot: leastLoaded(now), inFlight: 0 }
    queues.set(serializeBy, queue)
    return queue
  }

  async function send(slot: Slot, query: QueryConfig): Promise<unknown[]> {
    const opened = slot.client ?? connect(slot)
    const client = await opened
    cork(slot, client)
    return new Promise((resolve, reject) => {
      client.query(query, (error, result) => {
        if (!error) return resolve(result.rows)
        if (!leavesUsable(error)) discard(slot, opened, error)
        reject(error)
      })
    })
  }

  function connect(slot: Slot): Promise<Client> {
    const client = new Client({ ...connection, pipeline: true })
    const opened = client.connect().then(async () => {
      await promisify(useUtc)(client)
      await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`)
      return client
    })
    slot.client = opened
    // Without a listener, losing an idle connection would end the process.
    client.on('error', (error) => discard(slot, opened, error))
    opened.catch(() => {
      if (slot.client === opened) slot.client = undefined
      slot.failedAt = performance.now()
      void client.end()
    })
    return opened
  }

  /** Acts once per connection, which may announce its end, then fail what is in flight, then end. */
  function discard(slot: Slot, opened: Promise<Client>, { message }: Error): void {
    if (slot.client !== opened) return
    log?.(`database connection lost: ${message}`)
    disconnect(slot)
  }

  /** Counts the statement as in flight on the connection from before it is sent until it is answered. */
  async function runOn(slot: Slot, query: QueryConfig, now: number): Promise<unknown[]> {
    slot.startedAt.push(now)
    try {
      const answer = send(slot, query)
      slot.last = answer
      return await answer
    } finally {
      slot.startedAt.shift()
      if (slot.startedAt.length === 0) slot.idleTimer.refresh()
    }
  }

  return {
    async run(query, serializeBy) {
      if (closed) throw new Error('the pipelined connections are closed')
      const now = performance.now()
      if (serializeBy === undefined) return runOn(leastLoaded(now), query, now)
      const queue = queueFor(serializeBy, now)
      queue.inFlight++
      try {
        return await runOn(queue.slot, query, now)
      } finally {
        if (--queue.inFlight === 0 && queues.get(serializeBy) === queue) queues.delete(serializeBy)
      }
    },
    async close() {
      closed = true
      await Promise.allSettled(slots.map(({ last }) => last))
      for (const slot of slots) {
        clearTimeout(slot.idleTimer)
        disconnect(slot)
      }
    },
  }
}

/** Closes the connection after the statements that are still in flight on it, without waiting for the server. */
function disconnect(slot: Slot): void {
  const { client } = slot
  slot.client = undefined
  void client?.then(
    (open) => open.end(),
    () => {},
  )
}

function isStalled({ startedAt: [oldest = Infinity] }: Slot, now: number): boolean {
  return now - oldest > STALLED_MS
}

/** Throws the error of a pool without a free connection, which is mapped to `overloaded`. */
function throwOverloaded(): never {
  throw new ConnectionError('POOL_TIMEOUT', 'timeout exceeded when trying to connect: the database is not keeping up')
}

/** Sends everything of one turn of the event loop by one system call, which is most of what a statement costs here. */
function cork(slot: Slot, client: Client): void {
  if (slot.corked) return
  slot.corked = true
  // Read each time: with TLS it is another stream than the one that was connected.
  const { stream } = client.connection
  stream.cork()
  setImmediate(() => {
    slot.corked = false
    stream.uncork()
  })
}
