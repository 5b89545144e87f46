export type Connection = 'live' | 'connecting' | 'offline'

/** How things stand with the server. `connecting` for a moment only: who is not heard soon is away. */
export interface ConnectionStatus {
  readonly connection: () => Connection
  readonly heard: () => void
  /** The connection is lost, or not made yet; somebody is trying. */
  readonly lost: () => void
  readonly away: () => void
  readonly stop: () => void
}

const PATIENCE_MS = 2000

export function createConnectionStatus(onChange: () => void): ConnectionStatus {
  let connection: Connection = 'connecting'
  let patience: ReturnType<typeof setTimeout> | undefined

  function become(next: Connection): void {
    clearTimeout(patience)
    patience = undefined
    connection = next
    onChange()
  }

  return {
    connection: () => connection,
    heard: () => become('live'),
    lost() {
      // An attempt to connect again is no better news than the last that failed.
      if (connection === 'offline' || patience !== undefined) return
      if (!navigator.onLine) return become('offline')
      become('connecting')
      patience = setTimeout(() => become('offline'), PATIENCE_MS)
    },
    away: () => become('offline'),
    stop: () => clearTimeout(patience),
  }
}
