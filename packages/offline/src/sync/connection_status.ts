export type Connection = 'live' | 'connecting' | 'offline'

/** The state of the connection to the server. `connecting` lasts a moment only, then it counts as offline. */
export interface ConnectionStatus {
  readonly current: () => Connection
  readonly onConnected: () => void
  /** The connection is lost or not made yet, and an attempt is running. */
  readonly onConnecting: () => void
  readonly onOffline: () => void
  readonly stop: () => void
}

const CONNECTING_MS = 2000

export function createConnectionStatus(onChange: () => void): ConnectionStatus {
  let connection: Connection = 'connecting'
  let timer: ReturnType<typeof setTimeout> | undefined

  function become(next: Connection): void {
    clearTimeout(timer)
    timer = undefined
    connection = next
    onChange()
  }

  return {
    current: () => connection,
    onConnected: () => become('live'),
    onConnecting() {
      // While offline, a new attempt alone is no reason to show another state.
      if (connection === 'offline' || timer !== undefined) return
      if (!navigator.onLine) return become('offline')
      become('connecting')
      timer = setTimeout(() => become('offline'), CONNECTING_MS)
    },
    onOffline: () => become('offline'),
    stop: () => clearTimeout(timer),
  }
}
