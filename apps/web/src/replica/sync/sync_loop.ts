import { follow, type FollowLogOptions } from './follow_log.ts'
import type { FailureClass } from '../outbox/outbox.ts'

export interface SyncLoopOptions extends Omit<FollowLogOptions, 'signal' | 'since' | 'onPlace'> {
  readonly classify: (error: unknown) => FailureClass
  readonly onFailed: (error: unknown) => void
}

/** The rows' link to the server: made again whenever it fails for reasons that pass. */
export interface Link {
  /** Makes it anew at once, going on from where the rows are. */
  readonly renew: () => void
  /** Whether the rows have been brought to a place in the log. */
  readonly isPlaced: () => boolean
  readonly stop: () => void
}

const RETRY_MS = 3000

export function createSyncLoop({ classify, onFailed, ...options }: SyncLoopOptions): Link {
  let place: number | undefined
  let following = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  function stop(): void {
    clearTimeout(timer)
    following.abort()
  }

  function renew(): void {
    stop()
    following = new AbortController()
    const { signal } = following
    const onPlace = (seq: number) => {
      place = seq
    }
    follow({ ...options, signal, since: place, onPlace }).catch((error: unknown) => {
      if (signal.aborted) return
      if (classify(error).kind === 'later') timer = setTimeout(renew, RETRY_MS)
      onFailed(error)
    })
  }

  return { renew, isPlaced: () => place !== undefined, stop }
}
