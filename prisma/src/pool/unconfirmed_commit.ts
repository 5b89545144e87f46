import type { Client } from 'pg'

/**
 * Calls `noticed` when PostgreSQL stopped waiting for a synchronous standby, because the statement was cancelled: it has
 * committed and reports success, but a failover could lose it. The notice comes before the answer of its statement, and
 * is recognised by the function that sent it, because servers translate the text.
 */
export function onUnconfirmedCommit(client: Client, noticed: () => void): void {
  client.on('notice', ({ routine }) => {
    if (routine === 'SyncRepWaitForLSN') noticed()
  })
}
