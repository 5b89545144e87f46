import { until } from '@taskwire/faults'
import { onTestFinished } from 'vitest'
import { openDatabase } from '../src/pool/database.ts'
import type { ReadPlace } from '../src/pool/standby/read_from_standbys.ts'

/** A read that tells who answered it. */
const place = { text: 'SELECT pg_is_in_recovery() AS by_standby', values: [], mayUseStandby: true }

export function reading(url: string, readUrl: string) {
  const lines: string[] = []
  const places: ReadPlace[] = []
  const options = { log: (line: string) => lines.push(line), onRead: (at: ReadPlace) => places.push(at) }
  const database = openDatabase({ url, readUrl, poolMax: 10, ...options })
  onTestFinished(() => database.close())
  const isByStandby = async () => (await database.sql<{ by_standby: boolean }>(place))[0]?.by_standby
  return { ...database, lines, places, isByStandby }
}

export type Reading = ReturnType<typeof reading>

export function usesStandby({ isByStandby }: Reading, expected = true): Promise<unknown> {
  return until(expected ? 'the standby answers' : 'the primary answers', async () => (await isByStandby()) === expected)
}

/** A register for each user: what was written to it last. */
export const table = 'CREATE TABLE register (user_id text PRIMARY KEY, n int NOT NULL)'

export async function write({ sql }: Reading, user_id: string): Promise<number> {
  const text = 'INSERT INTO register VALUES ($1, 1) ON CONFLICT (user_id) DO UPDATE SET n = register.n + 1 RETURNING n'
  const [row] = await sql<{ n: number }>({ name: 'write', text, values: [user_id], pipeline: { lockKey: user_id } })
  return row?.n ?? 0
}

export async function readBack({ sql }: Reading, user_id: string, pipeline?: 'reads'): Promise<number> {
  const text = 'SELECT n FROM register WHERE user_id = $1'
  const [row] = await sql<{ n: number }>({ text, values: [user_id], mayUseStandby: true, pipeline })
  return row?.n ?? 0
}
