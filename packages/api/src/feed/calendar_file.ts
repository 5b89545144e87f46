import { createHash } from 'node:crypto'
import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { iterateForCaller } from '@taskwire/db'
import type { Services } from '../core/services.ts'
import type { Task } from '../task/schema.ts'
import { calendarBegin } from '../transfer/calendar.ts'
import { datedTasks } from '../transfer/export_sql.ts'
import { icsEnd, icsEvent, icsTodo } from '../transfer/write/ics.ts'
import type { Settings } from '../viewer/settings.ts'
import { feedTokenHash } from './feed.ts'

/** A calendar as it is now. */
export interface CalendarFile {
  /** Changes with every change of a task and of the settings. */
  readonly etag: string
  /** The file, piece by piece. */
  readonly text: () => AsyncGenerator<string, void>
}

interface FeedOwner extends Settings {
  readonly user_id: string
  readonly seq: number
}

const ownerText = `
  SELECT feed.user_id, coalesce(counter.seq, 0) AS seq, settings.time_zone,
    coalesce(settings.remind_time, '09:00') AS remind_time
  FROM taskwire.calendar_feed AS feed
  LEFT JOIN taskwire.change_counter AS counter ON counter.user_id = feed.user_id
  LEFT JOIN taskwire.settings AS settings ON settings.user_id = feed.user_id
  WHERE feed.token_hash = $1`

const ROWS = 200

/** The calendar that a feed's token gives access to: the dated tasks of its owner. Null if there is no such feed. */
export async function calendarFile(
  services: Services,
  token: string,
  signal?: AbortSignal,
): Promise<CalendarFile | null> {
  const [owner] = await services.sql<FeedOwner>({ text: ownerText, values: [feedTokenHash(token)] })
  if (owner === undefined) return null
  const { user_id, seq, time_zone, remind_time } = owner
  const year = (services.now?.() ?? new Date()).getUTCFullYear()
  const state = JSON.stringify([user_id, seq, time_zone, remind_time, year])
  return {
    etag: `"${createHash('sha256').update(state).digest('base64url').slice(0, 22)}"`,
    text: () => iterateForCaller({ user_id, signal }, calendarText(services, owner)),
  }
}

async function* calendarText(services: Services, { user_id, ...settings }: FeedOwner): AsyncGenerator<string> {
  yield await calendarBegin(services, user_id)
  for (let after = 0; ;) {
    const rows = await services.sql<{ number: number; row: Task }>(datedTasks.rowsAfter(user_id, after, ROWS))
    let text = ''
    for (const { row } of rows) {
      text += icsTodo(row, settings) + icsEvent(row, settings)
      // The days of a rule that has a COUNT are counted from its start.
      if (row.recurrence !== null) await yieldToOthers()
    }
    yield text
    after = rows.at(-1)?.number ?? 0
    if (rows.length < ROWS) break
  }
  yield icsEnd
}
