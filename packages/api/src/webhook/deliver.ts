import { runForCaller, runForNoCaller } from '@taskwire/db'
import { changesAfter, logBounds } from '../log/log.ts'
import { attempt, isOn, isOver, store, unanswered, type Delivering, type Session, type Stop } from './attempt.ts'
import { changeEvent } from './event.ts'
import { releaseWebhook, type LeasedWebhook } from './lease.ts'
import { deliverQueued } from './queued_events.ts'

/** Changes that are read at once. */
const CHANGES = 50

/** Delivers what is due to a leased webhook: its queued events, and the changes of the log in their order, until one fails. */
export async function deliverTo(delivering: Delivering, leased: LeasedWebhook, stop: Stop): Promise<void> {
  const session: Session = { ...delivering, hook: leased, stop, until: performance.now() + delivering.servedMs }
  let found = true
  for (let first = true; found && isOn(session) && (first || !isOver(session)); first = false) {
    const queued = await deliverQueued(session)
    found = (await deliverChanges(session)) || queued
  }
  if (session.hook !== null) await runForNoCaller(() => releaseWebhook(delivering.sql, leased))
}

/** Returns whether there was any. */
async function deliverChanges(session: Session): Promise<boolean> {
  const { db, hook, now } = session
  if (hook === null || !hook.events.includes('change') || (hook.retry_at !== null && hook.retry_at > now()))
    return false
  const { user_id, seq } = hook
  const changes = await runForCaller({ user_id }, () => changesAfter(db, user_id, seq, CHANGES))
  const [first] = changes
  if (first?.seq !== seq + 1) return skipExpired(session)
  for (const change of changes) {
    if (!isOn(session)) return false
    const failures = session.hook?.attempts ?? 0
    const made = await attempt(session, changeEvent(change), { failures, once: false })
    if (made === null) return true
    await store(session, { of: [made], in_log: true })
    if (made.status !== 'delivered' || isOver(session)) return true
  }
  return true
}

/** Goes on behind changes that were purged while the webhook was disabled, and says so among its deliveries. */
async function skipExpired(session: Session): Promise<boolean> {
  const { db, hook, now } = session
  if (hook === null) return false
  // Read as one: the last change of the log may have come since the changes were read, and is not expired.
  const last = (await logBounds(db, hook.user_id)).oldest - 1
  if (last <= hook.seq) return false
  const at = now()
  const error = `The log no longer holds the changes ${hook.seq + 1} to ${last}`
  const event = { key: `expired:${last}`, seq: last, type: 'expired', timestamp: at.toISOString(), data: null }
  const values = [hook.user_id, hook.id, hook.lease, last]
  await store(session, { of: [{ ...unanswered, event, status: 'failed', error, at }], in_log: false })
  await runForNoCaller(() => session.sql({ text: moveOn, values }))
  if (session.hook !== null) session.hook = { ...session.hook, seq: last }
  return true
}

const moveOn = 'UPDATE taskwire.webhook SET seq = $4 WHERE user_id = $1 AND id = $2 AND lease = $3 AND seq < $4'
