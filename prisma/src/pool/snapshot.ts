import type { Pool, PoolClient } from 'pg'
import { currentCaller } from './caller.ts'
import type { FairShare } from './fair_share.ts'
import { ConnectionError, statementError } from './error_code.ts'
import type { Statement } from './sql.ts'

/** Opens snapshots: see `Snapshot`. */
export interface Snapshots {
  open(): Snapshot
}

/**
 * Reads the rows of one statement a few at a time, as they all were when the statement began, in bounded memory. It
 * holds one of the user's connections until it is closed, and for one minute at most.
 */
export interface Snapshot {
  /** The next rows, at most `count`; fewer at the end. The statement is that of the first call. */
  next<Row>(statement: Pick<Statement, 'text' | 'values'>, count: number): Promise<Row[]>
  /** Ends the transaction and gives the connection back. Safe to call more than once. */
  close(): Promise<void>
}

export interface SnapshotsOptions {
  /** How many snapshots there may be at once, of all users and of one. */
  readonly share: FairShare
}

// An open transaction holds up migrations, and everybody behind them.
const MAX_MS = 60_000
/** A reader that does not ask for more rows loses its connection. */
const IDLE_MS = 20_000

interface Session {
  readonly client: PoolClient
  readonly end: (isUsable: boolean) => void
}

export function snapshots(pool: Pool, { share }: SnapshotsOptions): Snapshots {
  async function begin(statement: Pick<Statement, 'text' | 'values'>): Promise<Session> {
    const caller = currentCaller()
    const giveBack = caller === undefined ? undefined : await share.acquire(caller.user_id, caller.signal)
    try {
      const client = await pool.connect()
      const session = sessionOn(client, giveBack)
      try {
        await client.query('BEGIN READ ONLY')
        await client.query(`DECLARE snapshot NO SCROLL CURSOR FOR ${statement.text}`, [...statement.values])
        return session
      } catch (error) {
        session.end(false)
        throw error
      }
    } catch (error) {
      giveBack?.()
      throw error
    }
  }

  return {
    open() {
      let session: Promise<Session> | undefined
      let isClosed = false
      let idle: NodeJS.Timeout | undefined
      const close = async (isUsable: boolean) => {
        if (isClosed) return
        isClosed = true
        clearTimeout(idle)
        clearTimeout(longest)
        await session?.then(({ end }) => end(isUsable)).catch(() => {})
      }
      const expire = () => void close(false)
      const longest = setTimeout(expire, MAX_MS).unref()
      return {
        async next<Row>(statement: Pick<Statement, 'text' | 'values'>, count: number) {
          clearTimeout(idle)
          if (isClosed) throw new ConnectionError('POOL_TIMEOUT', 'the snapshot was held open for too long')
          try {
            session ??= begin(statement)
            const { client } = await session
            const { rows } = await client.query(`FETCH ${count} FROM snapshot`)
            idle = setTimeout(expire, IDLE_MS).unref()
            return rows as Row[]
          } catch (error) {
            await close(false)
            throw statementError(error)
          }
        },
        close: () => close(true),
      }
    },
  }
}

function sessionOn(client: PoolClient, giveBack: (() => void) | undefined): Session {
  let isEnded = false
  const release = (isUsable: boolean) => {
    client.off('error', ignore)
    client.release(!isUsable)
    giveBack?.()
  }
  // A lost connection rejects the next query; without a listener it would end the process as well.
  client.on('error', ignore)
  return {
    client,
    end(isUsable) {
      if (isEnded) return
      isEnded = true
      if (!isUsable) return release(false)
      client.query('COMMIT').then(
        () => release(true),
        () => release(false),
      )
    },
  }
}

function ignore(): void {}
