import { newUser } from '@taskwire/api/testing'
import { testDatabase } from '@taskwire/db/testing'
import { expect } from 'vitest'
import { findPort } from '../../src/process/port.ts'
import { busyClients, counted } from './busy_clients.ts'
import { startServer, type ServerProcess } from './server_process.ts'

/** What spreads requests over two servers. */
export interface Balancer extends AsyncDisposable {
  readonly port: number
  /** Resolves when a server that has just become ready may get requests again. */
  bothUp(): Promise<unknown>
  log(): string
}

export type ServerPorts = readonly [number, number]

/**
 * Restarts two servers in turn, each with the delay of our samples before it stops, until clients behind the balancer
 * have created `requests` tasks. Every request must be 201, and every task must be stored once.
 */
export async function rollingRestarts(startBalancer: (ports: ServerPorts) => Promise<Balancer>, requests: number) {
  const database = await testDatabase()
  const ports: ServerPorts = [await findPort('127.0.0.1', 0), await findPort('127.0.0.1', 0)]
  const servers = serversOf(database.url)
  await Promise.all(ports.map((port) => servers.start(port)))
  await using balancer = await startBalancer(ports)
  await balancer.bothUp()
  const user = newUser()
  const clients = await busyClients({ url: `http://127.0.0.1:${balancer.port}`, user })
  let restarts = 0
  do {
    for (const port of ports) {
      await servers.stop(port)
      await servers.start(port)
      await balancer.bothUp()
      restarts++
    }
  } while (clients.outcomes.length < requests)
  await clients.end()
  const said = [...new Set(clients.refusals), balancer.log()].join('\n')
  expect(counted(clients.outcomes), said).toEqual({ 201: clients.created.length })
  const stored = await database.db.task.findMany({ where: { user_id: user }, select: { title: true } })
  expect(stored.map(({ title }) => title).toSorted()).toEqual(clients.created.toSorted())
  await Promise.all(ports.map((port) => servers.stop(port)))
  await database.close()
  return { restarts, created: clients.created.length }
}

/** Servers of one database, by their ports. Each must end with 0 and without an error. */
function serversOf(url: string) {
  const settings = { DATABASE_URL: url, DATABASE_POOL_MAX: '15', SHUTDOWN_DELAY_MS: '5000' }
  const running = new Map<number, ServerProcess>()
  return {
    async start(port: number): Promise<void> {
      const server = await startServer(settings, port)
      running.set(port, server)
      await server.ready
    },
    async stop(port: number): Promise<void> {
      const server = running.get(port)
      expect(await server?.stop()).toBe(0)
      expect(server?.errors).toEqual([])
    },
  }
}
