import type { Snapshot } from '../replica/snapshot.ts'
import { t } from '../texts/texts.ts'

/** The state of the connection as shown in the header. */
export function connectionText(snapshot: Snapshot): string {
  const waiting = snapshot.waiting.length
  const name = t.shell.connection[snapshot.connection]
  return waiting === 0 ? name : `${name}, ${t.shell.changesWaiting(waiting)}`
}
