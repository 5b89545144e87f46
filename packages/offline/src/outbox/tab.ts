import { randomId } from '../random_id.ts'
import type { LocalDatabase } from '../store/local_database.ts'
import type { PendingWrite } from './pending_write.ts'

const lockName = (tab: string) => `taskwire-tab-${tab}`

/** A new name for this tab. A lock of that name shows other tabs that this one is still open. */
export function registerTab(closing: AbortSignal): string {
  const tab = randomId()
  // The tab may have been closed before it got the lock.
  const untilClosed = () =>
    new Promise<void>((resolve) => (closing.aborted ? resolve() : closing.addEventListener('abort', () => resolve())))
  // Only pages from https or from this machine have locks.
  if ('locks' in navigator) void navigator.locks.request(lockName(tab), untilClosed).catch(() => {})
  return tab
}

/** The stored writes whose tab is closed, reassigned to this tab. What that tab had sent may have arrived. */
export async function orphanedWrites(database: LocalDatabase, tab: string): Promise<PendingWrite[]> {
  try {
    const held = 'locks' in navigator ? ((await navigator.locks.query()).held ?? []) : []
    const open = new Set(held.map(({ name }) => name))
    const writes = await database.loadWrites()
    // This tab's own are in its outbox, where they may be later ones by now, also where there are no locks.
    const isOpen = (name: string) => name === tab || open.has(lockName(name))
    return writes
      .filter((write) => !isOpen(write.tab))
      .map((write) => ({ ...write, tab, attempted: write.conflict === undefined }))
  } catch {
    return []
  }
}
