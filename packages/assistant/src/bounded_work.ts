/** Work that ends when its signal aborts, after a time, or when all of it is closed. */
export interface BoundedWork {
  run<T>(work: (signal: AbortSignal) => Promise<T>, bounds: Bounds): Promise<T>
  close(): void
}

export interface Bounds {
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

/** Leaves no timer behind, as `AbortSignal.timeout` would: a minute's answers would be kept with their conversations. */
export function boundedWork(): BoundedWork {
  const running = new Set<AbortController>()
  let isClosed = false
  return {
    async run(work, { signal, timeoutMs }) {
      const own = new AbortController()
      const leave = () => own.abort(signal.reason)
      const expire = () => own.abort(new DOMException('The answer took too long', 'TimeoutError'))
      const timer = setTimeout(expire, timeoutMs).unref()
      running.add(own)
      signal.addEventListener('abort', leave)
      try {
        if (isClosed) own.abort()
        if (signal.aborted) leave()
        return await work(own.signal)
      } finally {
        clearTimeout(timer)
        running.delete(own)
        signal.removeEventListener('abort', leave)
      }
    },
    close() {
      isClosed = true
      for (const each of running) each.abort()
    },
  }
}
