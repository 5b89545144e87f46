import { newUser } from '@taskwire/api/testing'
import { Haproxy, missing, PatroniCluster, trialsOfRun, until } from '@taskwire/faults'
import { expect, test } from 'vitest'
import { callerAt } from '../../../testing/replicas/caller.ts'
import { pick } from '../../../testing/replicas/chance.ts'
import { startServer } from '../../../testing/replicas/server_process.ts'
import { witnessedWriters } from '../../../testing/replicas/witnessed_writers.ts'

const KILLS = trialsOfRun(20)
const reason = missing('postgres', 'haproxy', 'etcd', 'patroni')

test.skipIf(reason)(
  `${KILLS} kills of Patroni's primary under load lose nothing acknowledged ${reason ?? ''}`,
  async () => {
    await using cluster = await PatroniCluster.start()
    await using haproxy = await Haproxy.primary({ ports: cluster.ports })
    await until('the primary is found', async () => (await haproxy.up()).length === 1)
    const server = await startServer({ DATABASE_URL: cluster.urlAt(haproxy.port) })
    await server.ready
    const user = newUser()
    const writers = await witnessedWriters(await callerAt(server.url, user), user)
    const gaps: number[] = []
    const someWrites = async () => {
      const enough = writers.count() + 20 + pick(100)
      await until('writes go on', () => writers.count() >= enough, 120_000)
    }
    for (let cycle = 0; cycle < KILLS; cycle++) {
      await someWrites()
      const before = performance.now()
      await cluster.killPrimary()
      const known = writers.count()
      await until('a write is acknowledged', () => writers.count() > known + 8, 120_000)
      gaps.push(Math.round((performance.now() - before) / 1000))
      await cluster.complete()
    }
    await someWrites()
    const compared = await writers.end()
    console.info(`${KILLS} kills, ${compared.acknowledged} acknowledged, writes again after ${gaps.join(', ')} s`)
    expect(compared).toMatchObject({ lost: [], doubled: [], altered: [] })
    expect(await server.stop()).toBe(0)
  },
)
