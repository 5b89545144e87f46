import { randomInt } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'

/** Thrown when the server cannot listen on its host and port. The message is one line for the operator. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

// Below the ports that systems choose for connections and for those who listen on port 0, and above 10080, to which
// browsers do not connect.
const [FIRST_PORT, LAST_PORT] = [10_081, 32_000]

/** What stands before HOST and PORT in the names of the variables that say where a server listens. */
type Prefix = '' | 'ADMIN_'

interface FindPortOptions {
  /** For the advice of a `ListenError`. Default: none. */
  readonly prefix?: Prefix
  /** The ports that are tried for port 0. Default: random ones. */
  readonly candidate?: () => number
}

/**
 * Checks that a port is free and returns it; for port 0, returns a free one, which nobody is given before the server
 * listens on it, or while it starts again: the first free one of ten candidates. Throws `ListenError`.
 */
export async function findPort(
  host: string,
  port: number,
  { prefix = '', candidate = randomPort }: FindPortOptions = {},
): Promise<number> {
  if (port !== 0) return checkPort(host, port, prefix)
  for (let attempt = 0; attempt < 10; attempt++) {
    const found = await checkPort(host, candidate(), prefix).catch(() => undefined)
    if (found !== undefined) return found
  }
  return checkPort(host, 0, prefix)
}

function randomPort(): number {
  return randomInt(FIRST_PORT, LAST_PORT)
}

async function checkPort(host: string, port: number, prefix: Prefix): Promise<number> {
  const probe = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject)
      probe.listen({ host, port, exclusive: true }, resolve)
    })
    const address = probe.address()
    return isAddressInfo(address) ? address.port : port
  } catch (error) {
    throw listenError(error, host, port, prefix)
  } finally {
    await new Promise((resolve) => probe.close(resolve))
  }
}

function isAddressInfo(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

/** A failed `listen` as a `ListenError` if its cause is known, otherwise the error itself. */
export function listenError(error: unknown, host: string, port: number, prefix: Prefix = ''): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const explanation = explanations(prefix)[code]
  if (explanation === undefined) return error
  return new ListenError(`cannot listen on ${host}:${port}: ${explanation}`, { cause: error })
}

function explanations(prefix: Prefix): Readonly<Record<string, string>> {
  return {
    EADDRINUSE: `the port is in use. Stop the program that uses it, or set ${prefix}PORT to another port`,
    EACCES: `this user may not use that port. Set ${prefix}PORT to a port above 1023`,
    EADDRNOTAVAIL: `${prefix}HOST is not an address of this machine`,
    ENOTFOUND: `${prefix}HOST is neither an address nor a known host name`,
    EAI_AGAIN: `the host name in ${prefix}HOST cannot be resolved`,
  }
}
