import { testDatabase } from '@taskwire/db/testing'
import { roundRobin, type Fate, type RoundRobin } from './round_robin.ts'
import { startServer, type ServerProcess } from './server_process.ts'

/** Two server processes on one database of their own. */
export interface Deployment {
  readonly servers: readonly [ServerProcess, ServerProcess]
  /** The address of a proxy in front of both, without stickiness. It is also their public URL. */
  readonly url: string
  /** The address of another proxy in front of both, over an unreliable line. */
  line(fate: () => Fate): Promise<string>
  /** The errors that the servers logged. */
  errors(): string[]
  /** Shuts the servers down; resolves with their exit codes. */
  close(): Promise<(number | null)[]>
}

export async function deployed(): Promise<Deployment> {
  const database = await testDatabase()
  const urls: string[] = []
  const proxies: RoundRobin[] = []
  const line = async (fate?: () => Fate) => {
    const proxy = await roundRobin(urls, fate)
    proxies.push(proxy)
    return proxy.url
  }
  const url = await line()
  const settings = { DATABASE_URL: database.url, DATABASE_POOL_MAX: '15', BETTER_AUTH_URL: url }
  const servers = await Promise.all([startServer(settings), startServer(settings)])
  await Promise.all(servers.map(({ ready }) => ready))
  urls.push(...servers.map((server) => server.url))
  return {
    servers,
    url,
    line,
    errors: () => servers.flatMap(({ errors }) => errors),
    async close() {
      const codes = await Promise.all(servers.map((server) => server.stop()))
      await Promise.all(proxies.map((proxy) => proxy.close()))
      await database.close()
      return codes
    },
  }
}
