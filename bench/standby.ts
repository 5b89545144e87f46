import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { PostgresServer } from '@taskwire/faults'
import pg from 'pg'
import { fill } from './fill.ts'
import { load, type Request } from './load.ts'
import { postgresCpu, type PostgresCpu } from './postgres_cpu.ts'
import { scenarios } from './scenarios.ts'
import { scratchDirectory } from './scratch.ts'
import { cpuTime, launch, programs, type Server } from './servers.ts'

// `node bench/standby.ts [--rounds 3] [--seconds 4] [--connections 32] [--writes 100]` compares a server that reads from a
// standby (DATABASE_READ_URL) with one that does not, in turn, on Debian's PostgreSQL 15 and a streaming standby of it: the
// CPU time that each of the three uses for a response, PostgreSQL beyond what it uses without reads, and how long it takes.
// `--writes` are toggles a second of other users meanwhile. All share the cores of one machine, so requests a second say nothing: CPU
// times do.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    connections: { type: 'string', default: '32' },
    writes: { type: 'string', default: '0' },
  },
})
const READS = ['get one', 'list of 20', 'overdue, 20 of them', 'counts']
const TASKS_OF_A_USER = 200
const IDLE_MS = 3000

interface Figure {
  readonly primary: number
  readonly standby: number
  readonly server: number
  readonly p50: number
  readonly p99: number
  readonly perSecond: number
}

const scratch = await scratchDirectory()
const primary = await PostgresServer.start({ settings: { fsync: 'on' } })
const standby = await primary.standby()
const pools = [primary, standby].map(({ url }) => new pg.Pool({ connectionString: url, max: 1 }))
const figures = new Map<string, Figure[]>()
try {
  const [onPrimary, onStandby] = pools
  if (onPrimary === undefined || onStandby === undefined) throw new Error('there are two servers')
  const cpus = { primary: await postgresCpu(onPrimary), standby: await postgresCpu(onStandby) }
  if (cpus.primary === undefined || cpus.standby === undefined) throw new Error('this needs /proc')
  const known = { primary: cpus.primary, standby: cpus.standby }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const place of ['primary', 'standby'] as const) await measure(place, known, onPrimary)
  }
  for (const name of READS) for (const place of ['primary', 'standby']) console.log(report(name, place))
} finally {
  await Promise.all(pools.map((pool) => pool.end()))
  await standby[Symbol.asyncDispose]()
  await primary[Symbol.asyncDispose]()
  await scratch.remove()
}

async function measure(place: 'primary' | 'standby', cpus: Cpus, pool: pg.Pool): Promise<void> {
  const env = {
    DATABASE_URL: primary.url,
    TASKWIRE_DATA_DIR: scratch.path,
    ...(place === 'standby' ? { DATABASE_READ_URL: standby.url } : {}),
  }
  const server = await launch(place, programs.taskwire, env)
  const ended = new AbortController()
  try {
    const users = await fill(pool, 'taskwire.task', 100, TASKS_OF_A_USER)
    const writers = await fill(pool, 'taskwire.task', 100, 20)
    // The standby is looked at twice a second.
    await pause(1500)
    const writing = toggles(server, requestsOf('toggle', writers), ended.signal)
    // What is compiled in the first seconds would count.
    await loaded(server, requestsOf('list of 20', users))
    const idle = await idleCpu(server, cpus)
    for (const name of READS) await measureOne(name, { server, place, cpus, idle, requests: requestsOf(name, users) })
    ended.abort()
    await writing
  } finally {
    ended.abort()
    await server.stop()
  }
}

function requestsOf(name: string, users: Awaited<ReturnType<typeof fill>>): Request[] {
  return (
    scenarios.find((scenario) => scenario.name === name)?.requests({ users: users, writers: users, holders: users }) ??
    []
  )
}

interface Cpus {
  readonly primary: PostgresCpu
  readonly standby: PostgresCpu
}

/** Microseconds since a process began; per millisecond where they are a rate. */
interface Used {
  readonly primary: number
  readonly standby: number
  readonly server: number
}

function usedBy(server: Server, cpus: Cpus): Used {
  return { primary: cpus.primary(), standby: cpus.standby(), server: cpuTime(server.pid) }
}

/** What PostgreSQL uses without reads: by polls, and by the writes. */
async function idleCpu(server: Server, cpus: Cpus): Promise<Used> {
  const before = usedBy(server, cpus)
  await pause(IDLE_MS)
  const after = usedBy(server, cpus)
  const rate = (of: keyof Used) => (after[of] - before[of]) / IDLE_MS
  return { primary: rate('primary'), standby: rate('standby'), server: 0 }
}

interface Run {
  readonly server: Server
  readonly place: string
  readonly cpus: Cpus
  readonly idle: Used
  readonly requests: Request[]
}

function loaded({ url }: Server, requests: readonly Request[]) {
  return load({ url, connections: Number(values.connections), seconds: Number(values.seconds), requests })
}

async function measureOne(name: string, { server, place, cpus, idle, requests }: Run): Promise<void> {
  const [before, start] = [usedBy(server, cpus), performance.now()]
  const outcome = await loaded(server, requests)
  const [after, ms] = [usedBy(server, cpus), performance.now() - start]
  if (outcome.failed > 0) throw new Error(`${name} at the ${place}: ${outcome.failed} failed`)
  const each = (of: keyof Used) => (after[of] - before[of] - idle[of] * ms) / outcome.answered
  const { p50, p99, perSecond } = outcome
  const figure = { primary: each('primary'), standby: each('standby'), server: each('server'), p50, p99, perSecond }
  const key = `${name} ${place}`
  figures.set(key, [...(figures.get(key) ?? []), figure])
}

/** Writes of other users, as many a second as were asked for. */
async function toggles(server: Server, requests: readonly Request[], signal: AbortSignal): Promise<void> {
  const perSecond = Number(values.writes)
  const sent: Promise<unknown>[] = []
  for (let n = 0; perSecond > 0 && !signal.aborted; n++) {
    const { method, path, headers } = requests[n % requests.length] ?? { method: 'GET', path: '/health', headers: {} }
    sent.push(fetch(`${server.url}${path}`, { method, headers: { ...headers } }).then((answer) => answer.text()))
    await pause(1000 / perSecond)
  }
  await Promise.all(sent)
}

function report(name: string, place: string): string {
  const of = figures.get(`${name} ${place}`) ?? []
  const median = (field: keyof Figure) => {
    const sorted = of.map((figure) => figure[field]).toSorted((a, b) => a - b)
    return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(field.startsWith('p') && field !== 'primary' ? 1 : 0)
  }
  return (
    `${name.padEnd(20)} ${place.padEnd(8)} CPU for a response: primary ${median('primary')} µs, standby ${median('standby')} µs, ` +
    `server ${median('server')} µs; median ${median('p50')} ms, p99 ${median('p99')} ms, ${median('perSecond')} a second`
  )
}
