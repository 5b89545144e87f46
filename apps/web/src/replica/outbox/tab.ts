import { randomId } from '../../random_id.ts'
import type { PendingWrite } from './pending_write.ts'
import type { LocalDatabase } from '../store/local_database.ts'

const lockName = (tab: string) => `taskwire-tab-${tab}`

/** A name for this tab; a lock tells other tabs that it is still there. */
export function thisTab(closed: AbortSignal): string {
  const tab = randomId()
  const untilClosed = () => new Promise<void>((resolve) => closed.addEventListener('abort', () => resolve()))
  // Only a page from https or from this machine has locks.
  if ('locks' in navigator) void navigator.locks.request(lockName(tab), untilClosed).catch(() => {})
  return tab
}

/** Writes that wait in this browser while the tab that made them is gone; they are this tab's from now on. */
export async function orphanedWrites(saved: LocalDatabase, tab: string): Promise<PendingWrite[]> {
  try {
    const held = 'locks' in navigator ? ((await navigator.locks.query()).held ?? []) : []
    const present = new Set(held.map(({ name }) => name))
    const writes = await saved.writes()
    return writes.filter((write) => !present.has(lockName(write.tab))).map((write) => ({ ...write, tab }))
  } catch {
    return []
  }
}
