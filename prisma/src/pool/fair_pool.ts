import { setTimeout as pause } from 'node:timers/promises'
import { Pool, type PoolClient, type PoolConfig } from 'pg'
import { isConnectionLimit, type ConnectionBudget } from './budget.ts'
import { currentCaller } from './caller.ts'
import { requestCancel } from './cancel.ts'
import { leavesUsable } from './connection.ts'
import type { FairShare } from './fair_share.ts'

type Connected = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (error?: Error | boolean) => void,
) => void

export interface FairPoolOptions {
  /** What statements of users may take: the rest is for those of no user, such as sign-in and readiness. */
  readonly share: FairShare
  readonly budget: ConnectionBudget
  /** How long a statement waits for a connection when the server refuses new ones. */
  readonly refusedMs: number
}

const RETRY_MS = 50
/** A connection whose caller has left is cancelled this often, until it is given back. */
const REPEAT_MS = 500

/**
 * A pool whose connections are shared fairly between users, for our statements and those of Prisma alike. A connection
 * that is checked out for a caller who leaves is cancelled in PostgreSQL.
 */
export class FairPool extends Pool {
  readonly #share: FairShare
  readonly #budget: ConnectionBudget
  readonly #refusedMs: number

  constructor(config: PoolConfig, { share, budget, refusedMs }: FairPoolOptions) {
    super(config)
    this.#share = share
    this.#budget = budget
    this.#refusedMs = refusedMs
    this.on('connect', (client) => {
      budget.opened()
      // One that is lost while it is being verified would end the process. Its statement fails with the same error.
      client.on('error', ignore)
    })
    this.on('remove', () => budget.closed())
    budget.onRefused(() => this.#trim())
  }

  override connect(): Promise<PoolClient>
  override connect(connected: Connected): void
  override connect(connected?: Connected): Promise<PoolClient> | void {
    const checkedOut = this.#checkOut()
    if (connected === undefined) return checkedOut
    checkedOut.then(
      (client) => connected(undefined, client, client.release.bind(client)),
      (error: Error) => connected(error, undefined, () => {}),
    )
  }

  /** How many statements of users wait for their share. */
  queued(): number {
    return this.#share.queued()
  }

  async #checkOut(): Promise<PoolClient> {
    const caller = currentCaller()
    if (caller === undefined) return guarded(await this.#connect())
    const giveBack = await this.#share.acquire(caller.user_id, caller.signal)
    try {
      return guarded(await this.#connect(), giveBack, caller.signal)
    } catch (error) {
      giveBack()
      throw error
    }
  }

  async #connect(): Promise<PoolClient> {
    const deadline = performance.now() + this.#refusedMs
    for (;;) {
      this.options.max = this.#budget.limits().dedicated
      try {
        return await super.connect()
      } catch (error) {
        if (!isConnectionLimit(error) || performance.now() >= deadline) throw error
        this.#budget.shrink()
        await pause(RETRY_MS)
      }
    }
  }

  /** Closes unused connections beyond the limit, which others may need more. */
  #trim(): void {
    this.options.max = this.#budget.limits().dedicated
    const surplus = Math.min(this.idleCount, this.totalCount - this.options.max)
    for (let closed = 0; closed < surplus; closed++) {
      super.connect().then(
        (client) => client.release(true),
        () => {},
      )
    }
  }
}

/** The client, which gives back what it holds when it is released, and stays in the pool if it is still usable. */
function guarded(client: PoolClient, giveBack?: () => void, signal?: AbortSignal): PoolClient {
  const release = client.release.bind(client)
  let isCancelled = false
  let repeating: NodeJS.Timeout | undefined
  const cancel = () => {
    isCancelled = true
    void requestCancel(client)
    // A request that arrives between two statements of a transaction cancels neither.
    repeating = setTimeout(cancel, REPEAT_MS)
  }
  client.release = (error) => {
    signal?.removeEventListener('abort', cancel)
    clearTimeout(repeating)
    // The statement would go on without anybody to read its result.
    if (isTimeout(error)) void requestCancel(client)
    // pg passes null where nothing failed.
    const isUsable = !isCancelled && (!error || leavesUsable(error))
    release(isUsable ? undefined : true)
    giveBack?.()
  }
  if (signal?.aborted === true) {
    client.release()
    throw signal.reason
  }
  signal?.addEventListener('abort', cancel)
  return client
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout'
}

function ignore(): void {}
