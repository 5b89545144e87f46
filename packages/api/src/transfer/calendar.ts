import type { Services } from '../core/services.ts'
import { icsBegin } from './write/ics.ts'

const zonesText = `SELECT DISTINCT due_zone AS zone FROM taskwire.task
  WHERE user_id = $1 AND deleted_at IS NULL AND due_zone IS NOT NULL ORDER BY zone LIMIT 50`

/** How many years of a zone's changes a file tells, counted from the last one. */
const YEARS = 10

/** The beginning of a calendar with the tasks of a user: the zones that they name come before them. */
export async function calendarBegin({ sql, now }: Services, user_id: string): Promise<string> {
  const zones = await sql<{ zone: string }>({ text: zonesText, values: [user_id] })
  const year = (now?.() ?? new Date()).getUTCFullYear()
  return icsBegin({ name: 'Tasks', zones: zones.map(({ zone }) => zone), years: { from: year - 1, to: year + YEARS } })
}
