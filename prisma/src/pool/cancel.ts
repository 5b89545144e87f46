import { connect, Socket } from 'node:net'
import type { Client } from 'pg'

const CANCEL_REQUEST_CODE = 80_877_102
const CANCEL_MS = 5000

/**
 * Asks PostgreSQL, over a connection of its own, to cancel the statement that runs on a connection. Resolves when the
 * server has taken the request or has not answered for `waitMs`, and never rejects. It may arrive after the statement has ended: do not use the
 * connection for another one.
 *
 * The request is not encrypted, as it never was in libpq before version 17: it holds nothing but the keys that allow it.
 */
export async function requestCancel(client: Client, waitMs = CANCEL_MS): Promise<void> {
  const keys = cancelKeys(client)
  if (keys === undefined) return
  const socket = connectTo(client)
  socket.setTimeout(waitMs, () => socket.destroy())
  socket.on('error', () => {})
  const packet = Buffer.alloc(16)
  packet.writeInt32BE(16, 0)
  packet.writeInt32BE(CANCEL_REQUEST_CODE, 4)
  packet.writeInt32BE(keys.processID, 8)
  packet.writeInt32BE(keys.secretKey, 12)
  // The server closes the connection when it has taken the request. PgBouncer forgets one whose sender closes first.
  socket.write(packet)
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
}

/** The server sends them when a connection starts; pg keeps them without declaring it. */
function cancelKeys(client: Client): { processID: number; secretKey: number } | undefined {
  const processID: unknown = Reflect.get(client, 'processID')
  const secretKey: unknown = Reflect.get(client, 'secretKey')
  return typeof processID === 'number' && typeof secretKey === 'number' ? { processID, secretKey } : undefined
}

/** To the very server of the connection: its name may stand for several. */
function connectTo({ host, port, connection }: Client): Socket {
  const { stream } = connection
  const address = stream instanceof Socket ? stream.remoteAddress : undefined
  if (host.startsWith('/')) return connect(`${host}/.s.PGSQL.${port}`)
  return connect(port, address ?? host)
}
