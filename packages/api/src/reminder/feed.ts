import { runForNoCaller } from '@taskwire/db'
import type { ReminderFeed, Services } from '../core/services.ts'
import { eventObject } from './event_sql.ts'
import { reminderEvent, type ReminderEvent } from './schema.ts'

/** Commits become visible within this time of their clock. Known reminders are remembered for as long. */
const WINDOW_S = 15

// Of a few users, and of the last seconds: one look reads next to nothing.
const recent = `
  SELECT ${eventObject()} AS event FROM taskwire.reminder
    JOIN taskwire.task ON task.user_id = reminder.user_id AND task.id = task_id
  WHERE reminder.user_id = ANY($1::text[]) AND announced_at > clock_timestamp() - interval '${WINDOW_S} s'
  ORDER BY announced_at, remind_at, task_id`

interface Channel {
  readonly listeners: Set<(event: ReminderEvent) => void>
  /** What its listeners were told, or what had fired before the first one came; with the time it was found. */
  readonly known: Map<string, number>
  /** Resolves once `known` holds what had fired before. */
  readonly ready: Promise<void>
  isReady: boolean
}

export function reminderFeed(
  { sql, log }: Pick<Services, 'sql' | 'log'>,
  { pollMs = 1000 }: { readonly pollMs?: number } = {},
): ReminderFeed {
  const channels = new Map<string, Channel>()
  let timer: NodeJS.Timeout | undefined
  /** When the timer fires, by `performance.now()`. */
  let nextLook = Infinity
  let looking: Promise<void> | undefined
  let again = false
  let closed = false
  let fails = false

  async function recentOf(users: readonly string[]): Promise<ReminderEvent[]> {
    const rows = await runForNoCaller(() => sql<{ event: unknown }>({ text: recent, values: [users] }))
    return rows.map(({ event }) => reminderEvent.parse(event))
  }

  function openChannel(user_id: string): Channel {
    const known = new Map<string, number>()
    const ready = recentOf([user_id]).then((events) => {
      for (const event of events) known.set(keyOf(event), performance.now())
      channel.isReady = true
    })
    const channel: Channel = { listeners: new Set(), known, ready, isReady: false }
    channels.set(user_id, channel)
    schedule(pollMs)
    return channel
  }

  /** One query for all users with listeners, however many. */
  async function look(): Promise<void> {
    try {
      for (const event of await recentOf([...channels.keys()])) {
        const channel = channels.get(event.user_id)
        if (channel?.isReady !== true || channel.known.has(keyOf(event))) continue
        channel.known.set(keyOf(event), performance.now())
        for (const tell of channel.listeners) tell(event)
      }
      for (const { known } of channels.values()) forgetOld(known)
      fails = false
    } catch (error) {
      // Logs once, not every second while the database is unavailable.
      if (!fails) log.warn({ err: error }, 'the reminders could not be read for listeners')
      fails = true
    }
  }

  function schedule(ms: number): void {
    if (closed) return
    if (looking !== undefined) {
      again ||= ms === 0
      return
    }
    // Never later than it was to be: users who keep opening streams would put it off for ever.
    const at = performance.now() + ms
    if (nextLook <= at) return
    nextLook = at
    clearTimeout(timer)
    timer = setTimeout(() => {
      nextLook = Infinity
      again = false
      looking = look().finally(() => {
        looking = undefined
        if (channels.size > 0) schedule(again ? 0 : pollMs)
      })
    }, ms)
  }

  return {
    async listen(user_id, onReminder) {
      const channel = channels.get(user_id) ?? openChannel(user_id)
      channel.listeners.add(onReminder)
      const leave = () => {
        channel.listeners.delete(onReminder)
        if (channel.listeners.size === 0 && channels.get(user_id) === channel) channels.delete(user_id)
      }
      try {
        await channel.ready
      } catch (error) {
        leave()
        throw error
      }
      return leave
    },
    notify() {
      if (channels.size > 0) schedule(0)
    },
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}

function keyOf({ task_id, remind_at }: ReminderEvent): string {
  return `${task_id} ${remind_at}`
}

function forgetOld(known: Map<string, number>): void {
  const before = performance.now() - 4 * WINDOW_S * 1000
  for (const [key, at] of known) if (at < before) known.delete(key)
}
