import { runForCaller, runForNoCaller } from '@taskwire/db'
import { readChanges } from '../log/log.ts'
import { attempt, isOn, isOver, store, unanswered, type Session } from './attempt.ts'
import { changeEvent, type WebhookEvent } from './event.ts'
import type { Attempt } from './record.ts'

/** Queued events that are read at once. */
const READ = 100
/** They have no order, so that several are on their way at once. After a kill so many come twice. */
export const SENT_AT_ONCE = 8

interface QueuedRow {
  readonly event_key: string
  readonly seq: number | null
  readonly type: string
  readonly payload: unknown
  readonly attempts: number
  readonly created_at: Date
}

const selectQueued = `
  SELECT event_key, seq, type, payload, attempts, created_at FROM taskwire.webhook_delivery
  WHERE user_id = $1 AND webhook_id = $2 AND queued AND next_attempt_at <= $3::timestamptz
  ORDER BY next_attempt_at, id LIMIT $4`

/** Delivers the queued events of a webhook that are due. Returns whether there was any. */
export async function deliverQueued(session: Session): Promise<boolean> {
  const { sql, hook, now } = session
  if (hook === null) return false
  const values = [hook.user_id, hook.id, now(), READ]
  const rows = await runForNoCaller(() => sql<QueuedRow>({ text: selectQueued, values }))
  const left = rows.values()
  const record = recorder(session)
  const sendLeft = async () => {
    for (const row of left) {
      if (!isOn(session)) return
      const made = await attemptAt(session, row)
      if (made !== null) await record(made)
      if (isOver(session)) return
    }
  }
  const senders = Array.from({ length: isOver(session) ? 1 : SENT_AT_ONCE }, sendLeft)
  // What is on its way is waited for, even if another one could not be stored.
  await Promise.allSettled(senders)
  await Promise.all(senders)
  return rows.length > 0
}

async function attemptAt(session: Session, row: QueuedRow): Promise<Attempt | null> {
  const event = await queuedEvent(session, row)
  if (event === null) return expired(row, session.now())
  // A test is sent once.
  return attempt(session, event, { failures: row.attempts, once: row.type === 'test' })
}

/** Stores attempts one after the other; those that end while a statement runs go into the next one together. */
function recorder(session: Session): (made: Attempt) => Promise<void> {
  let waiting: Attempt[] = []
  let stored = Promise.resolve()
  return (made) => {
    waiting.push(made)
    if (waiting.length > 1) return stored
    stored = stored.then(() => {
      const of = waiting
      waiting = []
      return store(session, { of, in_log: false })
    })
    return stored
  }
}

/** A change that is sent again is in the log, as long as it is kept. */
async function queuedEvent({ db, hook }: Session, row: QueuedRow): Promise<WebhookEvent | null> {
  const { event_key: key, seq, type, payload } = row
  if (seq === null) return { key, seq, type, timestamp: row.created_at.toISOString(), data: payload }
  const user_id = hook?.user_id ?? ''
  const [change] = await runForCaller({ user_id }, () => readChanges(db, { where: { user_id, seq } }))
  return change === undefined ? null : changeEvent(change)
}

function expired({ event_key: key, seq, type }: QueuedRow, at: Date): Attempt {
  const event = { key, seq, type, timestamp: at.toISOString(), data: null }
  return { ...unanswered, event, status: 'failed', error: 'The log no longer holds this change', at }
}
