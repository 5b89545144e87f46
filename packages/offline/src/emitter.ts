import { callSafely } from './call_safely.ts'

/** Calls its listeners once for everything that is emitted in one turn of the event loop. */
export interface Emitter {
  readonly emit: () => void
  readonly subscribe: (listener: () => void) => () => void
}

export function createEmitter(): Emitter {
  const listeners = new Set<() => void>()
  let isScheduled = false
  return {
    emit() {
      if (isScheduled) return
      isScheduled = true
      queueMicrotask(() => {
        isScheduled = false
        for (const listener of listeners) callSafely(listener)
      })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
