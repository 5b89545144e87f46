import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

// Below the ports that systems choose for connections and for those who listen on port 0, and above 10080, to which
// browsers do not connect.
const [FIRST, LAST] = [10_081, 32_000]

/**
 * A free TCP port on loopback. The system gives it to nobody else before the program that it is for listens there, or
 * while that starts again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer()
    const port = await listen(server, randomInt(FIRST, LAST)).catch(() => undefined)
    if (port === undefined) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

/** Listens on loopback, by default on a port that the system chooses, and resolves to the port. */
export function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
