import { setTimeout as pause } from 'node:timers/promises'
import { newUser } from '@taskwire/api/testing'
import { freePort, missing, PostgresServer, trialsOfRun, until } from '@taskwire/faults'
import { expect, test } from 'vitest'
import { callerAt, persistent } from '../../../testing/replicas/caller.ts'
import { each, pick } from '../../../testing/replicas/chance.ts'
import { startServer } from '../../../testing/replicas/server_process.ts'
import { tasksOf, type Send } from '../../../testing/server.ts'

const TASKS = trialsOfRun(500)
const USERS = 8
const reason = missing('postgres')

test.skipIf(reason)(
  `${TASKS} tasks written through one of two servers are read through either, whatever the standby does ${reason ?? ''}`,
  async () => {
    await using primary = await PostgresServer.start()
    await using standby = await primary.standby()
    const ports = [await freePort(), await freePort()]
    const settings = { DATABASE_URL: primary.url, DATABASE_READ_URL: standby.url }
    const servers = await Promise.all(ports.map((port) => startServer({ ...settings, ADMIN_PORT: String(port) })))
    for (const { ready } of servers) await ready
    await until('both use the standby', async () => (await sum(ports, 'taskwire_db_standbys{state="used"}')) === 2)

    const ended = new AbortController()
    const disturbed = disturb(standby, ended.signal)
    const stale: string[] = []
    await each(USERS, USERS, async () => {
      const user = newUser()
      const senders = await Promise.all(servers.map(({ url }) => callerAt(url, user)))
      const any: Send = (...call) => persistent(senders[pick(2)] ?? senders[0] ?? neverSent)(...call)
      for (let n = 1; n <= TASKS / USERS; n++) stale.push(...(await staleReads(any, user, n)))
    })
    ended.abort()
    await disturbed
    const counts = [await sum(ports, `${READS}{place="standby"}`), await sum(ports, `${READS}{place="primary"}`)]
    console.info(`${counts[0]} reads by the standby, ${counts[1]} by the primary, ${stale.length} stale`)
    expect(stale).toEqual([])
    expect(counts[0]).toBeGreaterThan(0)
    expect(await Promise.all(servers.map((server) => server.stop()))).toEqual([0, 0])
    expect(servers.flatMap(({ errors }) => errors)).toEqual([])
  },
)

const READS = 'taskwire_db_reads_total'
const neverSent: Send = () => Promise.reject(new Error('there are two servers'))

/** Writes the n-th task of a user and reads it in every way; returns what did not show it. */
async function staleReads(send: Send, user: string, n: number): Promise<string[]> {
  const made = await send('POST', tasksOf(user), { body: { title: `task ${n}`, tags: [`tag-${n}`] } })
  const { id } = made.json
  await send('PATCH', tasksOf(user, id, '/complete'))
  const input = encodeURIComponent(JSON.stringify({ limit: 1 }))
  const one = await send('GET', tasksOf(user, id))
  const seen = {
    one: one.json.version === 2 ? one.json.id : undefined,
    list: (await send('GET', `${tasksOf(user)}?limit=1`)).json[0]?.id,
    completed: (await send('GET', `${tasksOf(user)}?status=completed&limit=1`)).json[0]?.id,
    tagged: (await send('GET', `${tasksOf(user)}?tags=tag-${n}`)).json[0]?.id,
    trpc: (await send('GET', `/trpc/task.list?input=${input}`)).json.result.data.items[0]?.id,
  }
  const counts = (await send('GET', `${tasksOf(user)}/counts`)).json
  const late = Object.entries(seen).flatMap(([name, found]) => (found === id ? [] : [`${name}: ${found} after ${id}`]))
  return counts.completed === n ? late : [...late, `counts: ${counts.completed} after ${n}`]
}

/** Lets the standby fall behind, again and again. */
async function disturb(standby: PostgresServer, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(700)
    await standby.query('SELECT pg_wal_replay_pause()')
    await pause(100)
    await standby.query('SELECT pg_wal_replay_resume()')
  }
}

/** The sum of a series over the servers that have their metrics on these ports. */
async function sum(ports: readonly number[], series: string): Promise<number> {
  const values = ports.map(async (port) => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.slice(series.length) ?? 0,
    )
  })
  return (await Promise.all(values)).reduce((all, value) => all + value, 0)
}
