import type { Db } from '@taskwire/db'
import type { Services } from '../core/services.ts'
import { FIRED_AT_ONCE, fireReminders } from './fire.ts'
import { planByOwnZones, planReminders } from './plan.ts'

export interface ReminderOptions {
  /** Milliseconds between looks for reminders that are due. */
  readonly pollMs?: number
  /** Called with the number of reminders that fired late. */
  readonly onLate?: (count: number) => void
  /** Called when reminders have fired. */
  readonly onFired?: () => void
}

/** Plans and fires the reminders of all users. Any number of replicas may do so at once. */
export interface Reminders {
  /** Plans and fires until nothing is due. */
  fireDue(): Promise<void>
  /** Plans and fires from now on, until `stop`. */
  start(): void
  stop(): Promise<void>
}

export function reminderLoop(
  services: Pick<Services, 'db' | 'sql' | 'transact' | 'log' | 'now' | 'reminders'>,
  { pollMs = 500, onLate, onFired }: ReminderOptions = {},
): Reminders {
  const { log } = services
  let timer: NodeJS.Timeout | undefined
  let running: Promise<unknown> = Promise.resolve()
  let stopped = false
  let fails = false
  let checkedZones = false

  async function fireDue(): Promise<void> {
    if (!checkedZones) await planByOwnZones(services)
    checkedZones = true
    // In turns, so that a user who changes thousands of tasks does not delay what is due.
    for (let more = true; more && !stopped;) {
      const planned = await planReminders(services)
      const { due, events } = await fireReminders(services)
      const lateOnes = events.filter(({ late }) => late).length
      if (lateOnes > 0) onLate?.(lateOnes)
      if (events.length > 0) {
        services.reminders?.notify()
        onFired?.()
      }
      more = planned > 0 || due === FIRED_AT_ONCE
    }
  }

  function schedule(ms: number): void {
    if (stopped) return
    timer = setTimeout(() => {
      running = fireDue()
        .then(() => (fails = false))
        .catch((error: unknown) => {
          // Logs once, not twice a second while the database is unavailable.
          if (!fails) log.warn({ err: error }, 'reminders could not be fired')
          fails = true
        })
        .finally(() => schedule(pollMs))
    }, ms)
  }

  return {
    fireDue,
    start: () => schedule(0),
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

const ROWS = 5000

/** Removes reminders that fired more than `keptDays` ago, or were missed then. Any replica may call it at any time. */
export async function purgeReminders(db: Db, keptDays: number, signal?: AbortSignal, rows = ROWS): Promise<number> {
  let all = 0
  for (let removed = rows; removed === rows && signal?.aborted !== true; all += removed) {
    removed = await db.$executeRaw`
      DELETE FROM taskwire.reminder WHERE (user_id, task_id, remind_at) IN (
        SELECT user_id, task_id, remind_at FROM taskwire.reminder
        WHERE remind_at < now() - make_interval(days => ${keptDays}) AND fire_at IS NULL LIMIT ${rows})`
  }
  return all
}
