import { newUser } from '@taskwire/api/testing'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { Haproxy, missing, trialsOfRun, until } from '@taskwire/faults'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPort } from '../port.ts'
import { busyClients, counted } from '../../../testing/replicas/busy_clients.ts'
import { startServer, type ServerProcess } from '../../../testing/replicas/server_process.ts'

const REQUESTS = trialsOfRun(500)
const reason = missing('haproxy')

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

// haproxy asks each server every 2 s whether it is ready, and retries no request. The delay is that of our samples.
describe.skipIf(reason)(`two servers behind haproxy ${reason ?? ''}`, () => {
  test(`a rolling restart fails none of ${REQUESTS} requests`, async () => {
    const settings = { DATABASE_URL: database.url, DATABASE_POOL_MAX: '15', SHUTDOWN_DELAY_MS: '5000' }
    const ports = [await findPort('127.0.0.1', 0), await findPort('127.0.0.1', 0)]
    const servers = new Map<number, ServerProcess>()
    const start = async (port: number) => {
      const server = await startServer(settings, port)
      servers.set(port, server)
      await server.ready
    }
    await Promise.all(ports.map(start))
    await using haproxy = await Haproxy.http({ ports })
    const bothUp = () => until('both servers are up', async () => (await haproxy.up()).length === 2, 60_000)
    await bothUp()
    const user = newUser()
    const clients = await busyClients({ url: `http://127.0.0.1:${haproxy.port}`, user })
    let restarts = 0
    do {
      for (const port of ports) {
        expect(await servers.get(port)?.stop()).toBe(0)
        await start(port)
        await bothUp()
        restarts++
      }
    } while (clients.outcomes.length < REQUESTS)
    await clients.end()
    console.info(`${restarts} restarts behind haproxy: ${JSON.stringify(counted(clients.outcomes))}`)
    expect(clients.outcomes.filter((outcome) => outcome !== 201)).toEqual([])
    const stored = await database.db.task.findMany({ where: { user_id: user }, select: { title: true } })
    expect(stored.map(({ title }) => title).toSorted()).toEqual(clients.created.toSorted())
    expect(await Promise.all([...servers.values()].map((server) => server.stop()))).toEqual([0, 0])
    expect([...servers.values()].flatMap(({ errors }) => errors)).toEqual([])
  })
})
