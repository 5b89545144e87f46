/** Tells listeners that something changed: once for all that changes in one go. */
export interface Emitter {
  readonly ring: () => void
  readonly subscribe: (listener: () => void) => () => void
}

export function createEmitter(): Emitter {
  const listeners = new Set<() => void>()
  let isRinging = false
  return {
    ring() {
      if (isRinging) return
      isRinging = true
      queueMicrotask(() => {
        isRinging = false
        for (const listener of listeners) listener()
      })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
