import { createServer, type AddressInfo } from 'node:net'

/** Why a server cannot listen where it should, in one line for the operator. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen'
}

/** The port to listen on, seen to be free just now: before a database is touched, and a free one for 0. */
export async function freePort(host: string, port: number): Promise<number> {
  const probe = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject)
      probe.listen({ host, port, exclusive: true }, resolve)
    })
    const address = probe.address()
    return isAddress(address) ? address.port : port
  } catch (error) {
    throw cannotListen(error, host, port)
  } finally {
    await new Promise((resolve) => probe.close(resolve))
  }
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

export function cannotListen(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const why = listenErrors[code]
  if (why === undefined) return error
  return new CannotListen(`cannot listen on ${host}:${port}: ${why}`, { cause: error })
}

const listenErrors: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use. Stop what uses it, or set PORT to another one',
  EACCES: 'this user may not use that port. Set PORT to one above 1023',
  EADDRNOTAVAIL: 'HOST is no address of this machine',
  ENOTFOUND: 'HOST is no address and no known name',
  EAI_AGAIN: 'the name of HOST cannot be resolved',
}
