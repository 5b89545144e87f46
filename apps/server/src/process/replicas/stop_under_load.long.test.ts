import { newUser } from '@taskwire/api/testing'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { trialsOfRun, until } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { busyClients, counted, type Outcome } from '../../../testing/replicas/busy_clients.ts'
import { pick } from '../../../testing/replicas/chance.ts'
import { startServer } from '../../../testing/replicas/server_process.ts'

const STOPS = trialsOfRun(5)

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

test.each([
  { clients: 'clients that reuse connections', keepAlive: true },
  { clients: 'clients that open a connection for each request', keepAlive: false },
])(
  `${STOPS} SIGTERMs lose and reset no request of $clients, and every acknowledged write is stored once`,
  async ({ clients: kind, keepAlive }) => {
    const outcomes: Outcome[] = []
    for (let stop = 0; stop < STOPS; stop++) {
      const user = newUser()
      const server = await startServer({ DATABASE_URL: database.url })
      await server.ready
      const clients = await busyClients({ url: server.url, user, keepAlive })
      const enough = 50 + pick(200)
      await until('requests are answered', () => clients.outcomes.length >= enough)
      expect(await server.stop()).toBe(0)
      await clients.end()
      outcomes.push(...clients.outcomes)
      const stored = await database.db.task.findMany({ where: { user_id: user }, select: { title: true } })
      expect(stored.map(({ title }) => title).toSorted()).toEqual(clients.created.toSorted())
      expect(server.errors).toEqual([])
    }
    console.info(`${STOPS} stops, ${kind}: ${JSON.stringify(counted(outcomes))}`)
    expect(outcomes.filter((outcome) => outcome !== 201 && outcome !== 'refused')).toEqual([])
  },
)
