/** Calls what others have registered. What it throws is reported like any uncaught error, and does not stop the caller. */
export function callSafely(call: () => void): void {
  try {
    call()
  } catch (error) {
    // Node and old browsers have no `reportError`.
    if ('reportError' in globalThis) return reportError(error)
    queueMicrotask(() => {
      throw error
    })
  }
}
