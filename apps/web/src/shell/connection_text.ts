import type { Snapshot } from '../replica/replica.ts'
import type { Connection } from '../replica/sync/connection_status.ts'

const names: Readonly<Record<Connection, string>> = { live: 'Live', connecting: 'Connecting', offline: 'Offline' }

/** How things stand with the server, in a few words. */
export function standing(snapshot: Snapshot): string {
  const waiting = snapshot.waiting.length
  const name = names[snapshot.connection]
  return waiting === 0 ? name : `${name}, ${changesWaiting(waiting)}`
}

export function changesWaiting(count: number): string {
  return count === 1 ? '1 change waits' : `${count} changes wait`
}
