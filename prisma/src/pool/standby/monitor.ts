import { Client, type ClientConfig } from 'pg'
import type { DatabaseServer } from '../database_url.ts'
import { parsedLsn, standbyFactsText, type StandbyFacts, type StandbyRow } from './wal_position.ts'

/** A connection to one standby, over which it is asked how far it is. Its questions reject after a second. */
export interface Monitor {
  facts(): Promise<StandbyFacts>
  replayed(): Promise<bigint>
  close(): void
}

const ANSWER_MS = 1000

const replayedStatement = {
  name: 'standby_replayed',
  text: 'SELECT pg_last_wal_replay_lsn()::text AS replayed',
}

/** `config` is that of the connections, with the login. */
export async function connectMonitor(server: DatabaseServer, config: ClientConfig): Promise<Monitor> {
  const client = Object.assign(new Client({ ...config, query_timeout: ANSWER_MS }), server)
  // A lost connection rejects the next question; without a listener it would end the process as well.
  client.on('error', () => {})
  const close = () => void client.connection.stream.destroy()
  try {
    await client.connect()
  } catch (error) {
    close()
    throw error
  }
  return {
    async facts() {
      const { rows } = await client.query<StandbyRow>(standbyFactsText)
      const [row] = rows
      if (row === undefined) throw new Error('it answered nothing')
      return { ...row, replayed: parsedLsn(row.replayed) }
    },
    async replayed() {
      const { rows } = await client.query<{ replayed: string }>(replayedStatement)
      return parsedLsn(rows[0]?.replayed ?? '0/0')
    },
    close,
  }
}
