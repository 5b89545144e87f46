import type { FailureClass } from '../outbox/classify_error.ts'
import { followLog, type FollowLogOptions } from './follow_log.ts'

export interface SyncLoopOptions extends Omit<FollowLogOptions, 'signal' | 'since' | 'onPosition'> {
  readonly classify: (error: unknown) => FailureClass
  readonly onFailed: (error: unknown) => void
}

/** Follows the log, and starts again whenever that fails for a reason that may pass. */
export interface SyncLoop {
  /** Connects anew at once, from the position that the rows have reached. */
  readonly restart: () => void
  /** Whether the rows reflect the log up to some position. */
  readonly hasPosition: () => boolean
  readonly stop: () => void
}

const RETRY_MS = 3000

export function createSyncLoop({ classify, onFailed, ...options }: SyncLoopOptions): SyncLoop {
  let position: number | undefined
  let running = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined

  function stop(): void {
    clearTimeout(timer)
    running.abort()
  }

  function restart(): void {
    stop()
    running = new AbortController()
    const { signal } = running
    const onPosition = (seq: number) => {
      position = seq
    }
    followLog({ ...options, signal, since: position, onPosition }).catch((error: unknown) => {
      if (signal.aborted) return
      if (classify(error).kind === 'retry') timer = setTimeout(restart, RETRY_MS)
      onFailed(error)
    })
  }

  return { restart, hasPosition: () => position !== undefined, stop }
}
