import { DatabaseError, type Client, type Pool } from 'pg'
import { onUnconfirmedCommit } from './unconfirmed_commit.ts'

/** Whether writes work, as far as this process has seen. */
export interface WriteHealth {
  /** Watches what PostgreSQL reports on a connection. */
  watch(client: Client): void
  /** Whether the database can be written to now. Rejects where it does not answer. */
  isWritable(): Promise<boolean>
}

/** A full disk, and a server that has become a standby. */
const WRITE_FAILURES: ReadonlySet<unknown> = new Set(['53100', '25006'])
/** A write is tried at most this often. */
const PROBE_MS = 500

const READ_ONLY = `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS read_only`

/**
 * Makes a file of the database grow and leaves nothing behind: what fails on a full disk first. As it is large, it does
 * not fit where single rows still do.
 */
const PROBE = `CREATE TEMPORARY TABLE taskwire_probe ON COMMIT DROP AS SELECT repeat('x', 7000) FROM generate_series(1, 64)`

/**
 * A standby is known by asking. A full disk shows only in writes, and so does a synchronous standby that is gone: a write
 * that failed is remembered until a trial write succeeds. Nothing is written for readiness while all is well.
 */
export function writeHealth(pool: Pool): WriteHealth {
  let isFailing = false
  let probe: Promise<boolean> | undefined
  let probedAt = -Infinity
  let isProbing = false

  async function probeWrite(): Promise<boolean> {
    isProbing = true
    try {
      await pool.query(PROBE)
      isFailing = false
      // The next failure is tried anew.
      probe = undefined
      return true
    } catch (error) {
      if (error instanceof DatabaseError && WRITE_FAILURES.has(error.code)) return false
      throw error
    } finally {
      isProbing = false
    }
  }

  return {
    watch(client) {
      onUnconfirmedCommit(client, () => (isFailing = true))
      client.connection.on('errorMessage', ({ code }: { readonly code?: unknown }) => {
        if (WRITE_FAILURES.has(code)) isFailing = true
      })
    },
    async isWritable() {
      const { rows } = await pool.query<{ read_only: boolean }>(READ_ONLY)
      if (rows[0]?.read_only !== false) return false
      if (!isFailing) return true
      // One at a time: without its standby a trial write takes as long as it may, and holds a connection.
      if (probe === undefined || (!isProbing && performance.now() - probedAt > PROBE_MS)) {
        probedAt = performance.now()
        probe = probeWrite()
      }
      return probe
    },
  }
}
