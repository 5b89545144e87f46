import type { Allowance } from '@taskwire/api'
import type { Limited } from '../auth/attempt_counts.ts'

/** What the primary tells a worker. A connection comes with its socket. */
export type ToWorker =
  | { readonly type: 'connection' }
  /** Not ready any more, but requests still come. */
  | { readonly type: 'stopping' }
  /** Let new requests wait: the last connections are being accepted. */
  | { readonly type: 'pause' }
  /** No connection comes any more: finish and exit. */
  | { readonly type: 'drain' }
  | { readonly type: 'ask'; readonly id: number; readonly about: WorkerQuery }
  | { readonly type: 'counted'; readonly id: number; readonly allowance: Allowance }

/** What a worker can be asked: whether it is ready, and its metrics as JSON. */
export type WorkerQuery = 'ready' | 'metrics'

/** What a worker tells the primary. */
export type FromWorker =
  | { readonly type: 'serving' }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  /** An attempt to count for all workers. */
  | { readonly type: 'count'; readonly id: number; readonly of: Limited; readonly key: string }

export function isToWorker(message: unknown): message is ToWorker {
  return ['connection', 'stopping', 'pause', 'drain', 'ask', 'counted'].includes(Object(message).type)
}

export function isFromWorker(message: unknown): message is FromWorker {
  return ['serving', 'answer', 'count'].includes(Object(message).type)
}
