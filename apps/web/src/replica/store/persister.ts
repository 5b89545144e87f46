import type { Rows } from './rows.ts'
import type { LocalDatabase } from './local_database.ts'

/** Writes what the rows become to this browser, a moment later and when the page is left. */
export interface Persister {
  /** The rows are as of this place in the log. */
  readonly reached: (seq: number) => void
  /** A row changed ahead of the log: the answer to a write of ours. */
  readonly touched: () => void
  /** The rows are the server's whole list, as of this place. */
  readonly replaced: (seq: number) => Promise<void>
  readonly stop: () => void
}

const AFTER_MS = 100

export function createPersister(rows: Rows, saved: LocalDatabase): Persister {
  let seq: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isKeeping = false
  let isStopped = false

  async function keep(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (seq === undefined) return
    // One at a time: what a later one leaves out, an earlier one must have kept.
    if (isKeeping) return soon()
    isKeeping = true
    const { put, gone } = rows.drain()
    const isKept = await saved.keep(seq, put, gone, false).catch(() => false)
    // Another tab is further in the log, but may not have the answers to our writes.
    if (!isKept) rows.dirty([...put.map(({ id }) => id), ...gone])
    isKeeping = false
  }

  function soon(): void {
    if (!isStopped) timer ??= setTimeout(() => void keep(), AFTER_MS)
  }

  const now = () => {
    if (timer !== undefined) void keep()
  }
  addEventListener('pagehide', now)

  return {
    reached(place) {
      seq = place
      soon()
    },
    touched: soon,
    async replaced(place) {
      seq = place
      rows.drain()
      await saved.keep(place, [...rows.tasks.values()], [], true).catch(() => false)
    },
    stop() {
      // What is not kept yet is read again: who closes this may have signed out, and wants nothing kept.
      removeEventListener('pagehide', now)
      clearTimeout(timer)
      isStopped = true
    },
  }
}
