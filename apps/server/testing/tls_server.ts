import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { certificateFor } from './certificate.ts'

export interface TlsServer {
  /** The certificate that it shows, signed by itself. */
  readonly cert: string
  readonly port: number
  readonly received: IncomingMessage[]
  /** How requests are answered from now on. */
  answer: (response: ServerResponse) => void
  /** How many connections were made, and are open. */
  readonly connections: () => { made: number; open: number }
  readonly close: () => Promise<void>
}

/** A server on loopback that speaks TLS in the name of a host. */
export async function tlsServer(host: string): Promise<TlsServer> {
  const { key, cert } = certificateFor(host)
  const sockets: Socket[] = []
  const server = createServer({ key, cert }, (request, response) => {
    self.received.push(request)
    self.answer(response)
  })
  server.on('connection', (socket: Socket) => void sockets.push(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const self: TlsServer = {
    cert,
    port: (server.address() as AddressInfo).port,
    received: [],
    answer: (response) => void response.writeHead(404).end(),
    connections: () => ({ made: sockets.length, open: sockets.filter(({ destroyed }) => !destroyed).length }),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return self
}
