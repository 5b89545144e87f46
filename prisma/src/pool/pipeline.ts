import { promisify } from 'node:util'
import { Client, type ClientConfig, type QueryConfig } from 'pg'
import { leavesUsable, useUtc } from './connection.ts'

/** A few connections that short statements of many callers share: each is sent on without waiting for those before it. */
export interface Lanes {
  /**
   * Runs a statement and resolves to its rows. Those with the same `after` that are under way at once go down one lane,
   * one behind the other: they would wait for each other's locks anyway, and so hold up one lane instead of all.
   * Rejects with pg's errors, and as a pool without a free connection does where every lane stalls.
   */
  run(query: QueryConfig, after?: string): Promise<unknown[]>
  /** Takes nothing more. Resolves when what is under way has been answered. */
  close(): Promise<void>
}

export interface LanesOptions {
  readonly connection: ClientConfig
  readonly count: number
  /** Milliseconds after which a lane that nobody uses hangs up. */
  readonly idleMs?: number
  /** Told of connections that died. */
  readonly log?: ((message: string) => void) | undefined
}

/** Where somebody has waited longer than this nobody else queues. */
const STALLED_MS = 3000
/** A lane that could not be connected fails at once, and so would always look free: others are preferred for this long. */
const AVOIDED_MS = 1000
/** Well below the 15 s after which pg gives a connection up, and with it all that waits there. */
const LOCK_MS = 10_000

// Times are milliseconds of `performance.now()`.
interface Lane {
  /** Undefined until somebody needs it, and again after it died or idled. */
  client: Promise<Client> | undefined
  /** When each statement under way came, in the order in which they are answered. */
  readonly came: number[]
  /** Settles when all that is under way has been answered. */
  last: Promise<unknown>
  /** When it last could not be connected. */
  failed: number
  corked: boolean
  readonly idle: NodeJS.Timeout
}

export function openLanes({ connection, count, idleMs = 30_000, log }: LanesOptions): Lanes {
  const lanes = Array.from({ length: count }, newLane)
  const queues = new Map<string, { readonly lane: Lane; underWay: number }>()
  let closed = false

  function newLane(): Lane {
    const idle = setTimeout(() => lane.came.length === 0 && hangUp(lane), idleMs).unref()
    const lane: Lane = { client: undefined, came: [], last: Promise.resolve(), failed: -Infinity, corked: false, idle }
    return lane
  }

  /** The lane with the least under way, of those that go on. */
  function freest(now: number): Lane {
    const load = ({ came, failed }: Lane) => came.length + (now - failed < AVOIDED_MS ? 1_000_000 : 0)
    let best: Lane | undefined
    for (const lane of lanes) {
      if ((best === undefined || load(lane) < load(best)) && !stalls(lane, now)) best = lane
    }
    return best ?? refused()
  }

  function queueOf(after: string, now: number) {
    const known = queues.get(after)
    // Elsewhere they would wait for the same lock, and take one lane after the other.
    if (known !== undefined) return stalls(known.lane, now) ? refused() : known
    const queue = { lane: freest(now), underWay: 0 }
    queues.set(after, queue)
    return queue
  }

  async function sent(lane: Lane, query: QueryConfig): Promise<unknown[]> {
    const opened = lane.client ?? connect(lane)
    const client = await opened
    cork(lane, client)
    return new Promise((resolve, reject) => {
      client.query(query, (error, result) => {
        if (!error) return resolve(result.rows)
        if (!leavesUsable(error)) lose(lane, opened, error)
        reject(error)
      })
    })
  }

  function connect(lane: Lane): Promise<Client> {
    const client = new Client({ ...connection, pipeline: true })
    const opened = client.connect().then(async () => {
      await promisify(useUtc)(client)
      await client.query(`SET lock_timeout = ${LOCK_MS}`)
      return client
    })
    lane.client = opened
    // Without a listener the death of an idle connection would end the process.
    client.on('error', (error) => lose(lane, opened, error))
    opened.catch(() => {
      if (lane.client === opened) lane.client = undefined
      lane.failed = performance.now()
      void client.end()
    })
    return opened
  }

  /** Once for a connection: it may say that it will end, then fail what is under way, then end. */
  function lose(lane: Lane, opened: Promise<Client>, { message }: Error): void {
    if (lane.client !== opened) return
    log?.(`database connection lost: ${message}`)
    hangUp(lane)
  }

  /** A statement's place in a lane, from before it is sent until it is answered. */
  async function through(lane: Lane, query: QueryConfig, now: number): Promise<unknown[]> {
    lane.came.push(now)
    try {
      const answer = sent(lane, query)
      lane.last = answer
      return await answer
    } finally {
      lane.came.shift()
      if (lane.came.length === 0) lane.idle.refresh()
    }
  }

  return {
    async run(query, after) {
      if (closed) throw new Error('the lanes to the database are closed')
      const now = performance.now()
      if (after === undefined) return through(freest(now), query, now)
      const queue = queueOf(after, now)
      queue.underWay++
      try {
        return await through(queue.lane, query, now)
      } finally {
        if (--queue.underWay === 0 && queues.get(after) === queue) queues.delete(after)
      }
    },
    async close() {
      closed = true
      await Promise.allSettled(lanes.map(({ last }) => last))
      for (const lane of lanes) {
        clearTimeout(lane.idle)
        hangUp(lane)
      }
    },
  }
}

/** Closes a lane's connection behind what is still under way on it. Whether the other side closes too is its affair. */
function hangUp(lane: Lane): void {
  const { client } = lane
  lane.client = undefined
  void client?.then(
    (open) => open.end(),
    () => {},
  )
}

function stalls({ came: [oldest = Infinity] }: Lane, now: number): boolean {
  return now - oldest > STALLED_MS
}

/** In the words of the pool, which callers know as an overload. */
function refused(): never {
  throw new Error('timeout exceeded when trying to connect: others wait too long for the database')
}

/** What is sent in one turn of the event loop leaves by one system call: most of what a statement costs this process. */
function cork(lane: Lane, client: Client): void {
  if (lane.corked) return
  lane.corked = true
  // Asked for each time: with TLS it is another stream than the one that was connected.
  const { stream } = client.connection
  stream.cork()
  setImmediate(() => {
    lane.corked = false
    stream.uncork()
  })
}
