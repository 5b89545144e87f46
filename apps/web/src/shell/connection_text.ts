import type { Snapshot } from '../replica/snapshot.ts'
import type { Connection } from '../replica/sync/connection_status.ts'

const names: Readonly<Record<Connection, string>> = { live: 'Live', connecting: 'Connecting', offline: 'Offline' }

/** The state of the connection as shown in the header. */
export function connectionText(snapshot: Snapshot): string {
  const waiting = snapshot.waiting.length
  const name = names[snapshot.connection]
  return waiting === 0 ? name : `${name}, ${changesWaiting(waiting)}`
}

/** How many changes have not been sent yet. */
export function changesWaiting(count: number): string {
  return count === 1 ? '1 change waiting' : `${count} changes waiting`
}
