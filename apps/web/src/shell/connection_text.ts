import type { Snapshot } from '@taskwire/offline'
import { t } from '../texts/texts.ts'

/** The state of the connection as shown in the header. */
export function connectionText(snapshot: Snapshot): string {
  const waiting = snapshot.waiting.length
  const { connection } = snapshot
  // With a network it is the server that does not answer.
  const state = connection === 'offline' && navigator.onLine ? 'unreachable' : connection
  const name = t.shell.connection[state]
  return waiting === 0 ? name : `${name}, ${t.shell.changesWaiting(waiting)}`
}
