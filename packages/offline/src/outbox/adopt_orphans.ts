import type { LocalDatabase } from '../store/local_database.ts'
import type { PendingWrite } from './pending_write.ts'
import { orphanedWrites } from './tab.ts'

interface AdoptionOptions {
  readonly database: LocalDatabase
  readonly tab: string
  readonly adopt: (writes: readonly PendingWrite[]) => void
}

const ADOPT_AGAIN_MS = 3000

/** Lets this tab take over the waiting writes of closed tabs: when asked to, and once more after a moment. */
export function adoptOrphans({ database, tab, adopt }: AdoptionOptions) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStopped = false
  async function adoptNow(): Promise<void> {
    const orphans = await orphanedWrites(database, tab)
    // The user may have signed out meanwhile: what is adopted would be stored again.
    if (!isStopped && orphans.length > 0) adopt(orphans)
  }
  return {
    adopt() {
      // A page that was just left may still hold its lock.
      clearTimeout(timer)
      timer = setTimeout(() => void adoptNow(), ADOPT_AGAIN_MS)
      return adoptNow()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
