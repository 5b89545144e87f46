import { newUser } from '@taskwire/api/testing'
import { Haproxy, missing, PatroniCluster, trialsOfRun, until } from '@taskwire/faults'
import { expect, test } from 'vitest'
import { callerAt } from '../../../testing/replicas/caller.ts'
import { pick } from '../../../testing/replicas/chance.ts'
import { startServer } from '../../../testing/replicas/server_process.ts'
import { witnessedWriters } from '../../../testing/replicas/witnessed_writers.ts'

const KILLS = trialsOfRun(20)
const reason = missing('postgres', 'haproxy', 'etcd', 'patroni')

/** How the server finds the primary, and what is lost: its PostgreSQL, or the machine with its Patroni. */
const kinds = [
  { through: 'several hosts', what: 'postgres' },
  { through: 'several hosts', what: 'machine' },
  { through: 'haproxy', what: 'machine' },
] as const

test.skipIf(reason).each(kinds)(
  `${KILLS} losses of the primary's $what through $through lose nothing acknowledged ${reason ?? ''}`,
  async ({ through, what }) => {
    await using cluster = await PatroniCluster.start()
    await using haproxy = await Haproxy.primary({ ports: cluster.ports })
    await until('the primary is found', async () => (await haproxy.up()).length === 1)
    const url = through === 'haproxy' ? cluster.urlAt(haproxy.port) : cluster.url
    const server = await startServer({ DATABASE_URL: url })
    await server.ready
    const user = newUser()
    const writers = await witnessedWriters(await callerAt(server.url, user), user)
    const gaps: string[] = []
    const someWrites = async () => {
      const enough = writers.count() + 20 + pick(100)
      await until('writes go on', () => writers.count() >= enough, 120_000)
    }
    for (let cycle = 0; cycle < KILLS; cycle++) {
      await someWrites()
      const before = performance.now()
      const lost = await cluster.losePrimary(what)
      const promoted = cluster.promotedAfter(lost).then(() => seconds(before))
      promoted.catch(() => {})
      const known = writers.count()
      await until('a write is acknowledged', () => writers.count() > known + 8, 120_000)
      gaps.push(`${seconds(before)} (promoted ${await promoted})`)
      await cluster.complete()
    }
    await someWrites()
    const compared = await writers.end()
    console.info(`${through}, ${what}: ${compared.acknowledged} acknowledged, writes again after ${gaps.join(', ')} s`)
    expect(compared).toMatchObject({ lost: [], doubled: [], altered: [] })
    expect(await server.stop()).toBe(0)
  },
)

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10
}
