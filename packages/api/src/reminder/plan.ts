import { isZone, reminderInstants } from '@taskwire/calendar'
import { runForNoCaller, type Sql } from '@taskwire/db'
import type { Services } from '../core/services.ts'
import { takeUnplanned, waitForNote, type UnplannedTask } from './unplanned.ts'

/** What planning needs: the database, and the clock. */
export type Planning = Pick<Services, 'transact' | 'now' | 'log'>

/** By this time zone database this process computes instants. */
export const zones = (process.versions['tz'] ?? 'unknown').slice(0, 20)

const TASKS = 200

/**
 * Plans the reminders of the tasks that were changed, of one user or of all, and returns how many tasks it planned, at
 * most 200. Any replica may call it at any time: they plan different tasks. With a user it waits for other plans and writes of theirs,
 * and returns 0 when nothing is left to plan.
 */
export function planReminders({ transact, now }: Planning, user_id: string | null = null): Promise<number> {
  return runForNoCaller(() =>
    transact(async (sql) => {
      if (user_id !== null && !(await waitForNote(sql, user_id))) return 0
      const at = now?.() ?? new Date()
      const tasks = await takeUnplanned(sql, user_id, TASKS)
      if (tasks.length > 0)
        await store(
          sql,
          tasks.map((task) => planOf(task, at)),
        )
      return tasks.length
    }),
  )
}

/** Plans all that is to be planned for a user, before their reminders are read. */
export async function planUser(planning: Planning, user_id: string): Promise<void> {
  while ((await planReminders(planning, user_id)) > 0);
}

interface Plan {
  readonly user_id: string
  readonly task_id: number
  readonly reminds: boolean
  /** Those that are past by then do not fire: they were past when they were set. */
  readonly set_at: Date
  readonly instants: readonly Date[]
}

function planOf(task: UnplannedTask, now: Date): Plan {
  const { user_id, task_id, is_open, reminders } = task
  return {
    user_id,
    task_id,
    reminds: is_open && reminders !== null && reminders.length > 0,
    set_at: new Date(now.getTime() - Math.max(task.age_ms, 0)),
    instants: is_open ? instantsOf(task) : [],
  }
}

function instantsOf({ due_date, due_time, due_zone, reminders, time_zone, remind_time }: UnplannedTask): Date[] {
  return reminderInstants(
    { due_date, due_time, due_zone: known(due_zone), reminders: reminders ?? [] },
    { time_zone: known(time_zone), remind_time: remind_time ?? '09:00' },
  )
}

/** A zone may have been stored by a runtime with newer time zone data. */
function known(zone: string | null): string | null {
  return zone !== null && isZone(zone) ? zone : null
}

/** Brings the stored reminders in line. One that has fired, or was put off, does not come back at the same instant. */
async function store(sql: Sql, plans: readonly Plan[]): Promise<void> {
  const wanted = plans.flatMap(({ instants, ...plan }) => instants.map((remind_at) => ({ ...plan, remind_at })))
  const reminds = plans.map((plan) => plan.reminds)
  await lockReminders(sql, plans)
  await sql({ text: removeOthers, values: [...columnsOf(plans), reminds, ...columnsOf(wanted), instantsIn(wanted)] })
  const ahead = wanted.filter(({ remind_at, set_at }) => remind_at > set_at)
  await sql({ text: addMissing, values: [...columnsOf(ahead), instantsIn(ahead), zones] })
}

function columnsOf(tasks: readonly Pick<Plan, 'user_id' | 'task_id'>[]): [string[], number[]] {
  return [tasks.map(({ user_id }) => user_id), tasks.map(({ task_id }) => task_id)]
}

function instantsIn(reminders: readonly { readonly remind_at: Date }[]): string[] {
  return reminders.map(({ remind_at }) => remind_at.toISOString())
}

const lock = `
  SELECT FROM taskwire.reminder JOIN unnest($1::text[], $2::int[]) AS task (user_id, task_id)
    ON task.user_id = reminder.user_id AND task.task_id = reminder.task_id
  ORDER BY reminder.user_id, reminder.task_id, remind_at FOR UPDATE OF reminder`

/** Locks all reminders of tasks, in one order: transactions that change several of them could wait for each other. */
export async function lockReminders(sql: Sql, tasks: readonly Pick<Plan, 'user_id' | 'task_id'>[]): Promise<void> {
  await sql({ text: lock, values: columnsOf(tasks) })
}

const removeOthers = `
  DELETE FROM taskwire.reminder USING unnest($1::text[], $2::int[], $3::boolean[]) AS plan (user_id, task_id, reminds)
  WHERE reminder.user_id = plan.user_id AND reminder.task_id = plan.task_id AND fired_at IS NULL AND NOT late
    AND (snooze_of IS NULL OR NOT plan.reminds)
    AND NOT EXISTS (
      SELECT FROM unnest($4::text[], $5::int[], $6::timestamptz[]) AS wanted (user_id, task_id, remind_at)
      WHERE wanted.user_id = reminder.user_id AND wanted.task_id = reminder.task_id
        AND wanted.remind_at = reminder.remind_at)`

const addMissing = `
  INSERT INTO taskwire.reminder (user_id, task_id, remind_at, fire_at, zones)
  SELECT user_id, task_id, remind_at, remind_at, $4::text
  FROM unnest($1::text[], $2::int[], $3::timestamptz[]) AS wanted (user_id, task_id, remind_at)
  ON CONFLICT (user_id, task_id, remind_at) DO UPDATE SET zones = excluded.zones`

const noteOtherZones = `
  INSERT INTO taskwire.unplanned_task (user_id, task_id, changed_at)
  SELECT DISTINCT user_id, task_id, clock_timestamp() FROM taskwire.reminder
  WHERE fire_at IS NOT NULL AND zones <> $1 ORDER BY user_id, task_id
  ON CONFLICT (user_id, task_id) DO NOTHING`

/** Has the reminders planned again that another time zone database has planned. */
export async function planByOwnZones({ sql }: Pick<Services, 'sql'>): Promise<void> {
  await runForNoCaller(() => sql({ text: noteOtherZones, values: [zones] }))
}
