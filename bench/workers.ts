import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@taskwire/db/embedded'
import pg from 'pg'
import { casesOf, wantedScenarios } from './cases.ts'
import { openCpuQuota, type CpuQuota } from './cpu_quota.ts'
import { load } from './load.ts'
import { postgresCpu } from './postgres_cpu.ts'
import { median, type Case } from './rounds.ts'
import { scratchDirectory } from './scratch.ts'
import { cpuTime, launch, programOf, type Server } from './servers.ts'

// `node bench/workers.ts [--rounds 3] [--seconds 5] [--warm 5] [--quota PERCENT]` compares WORKERS=2 with one process: requests
// a second, and the CPU time that the server's processes, PostgreSQL's and the load use for a response. Both servers run on
// one embedded PostgreSQL from the beginning to the end, and are measured in turn, scenario by scenario.
//
// Servers may use every core, so the load and PostgreSQL take theirs from the same ones, and on two cores one process is
// not what limits the requests. With a quota each process that serves gets that part of a core and no more (the primary
// shares that of the first worker): then the processes are the limit, as they are where PostgreSQL has cores of its own. The
// comparison holds if a response costs one server as much CPU time as the other, and if the cores are not used up: what
// the last column says must be well below 1. It needs a quiet machine.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    warm: { type: 'string', default: '5' },
    quota: { type: 'string' },
  },
})
const SCENARIOS = 'get one,list of 20,create,toggle'
const CONNECTIONS = 64
const WORKERS = ['1', '2'] as const
const CORES = availableParallelism()
const EVERY_CORE = ['taskset', '-c', `0-${CORES - 1}`]

/** Of one round. CPU times are microseconds for each response. */
interface Figure {
  readonly perSecond: number
  readonly server: number
  readonly postgres: number
  readonly load: number
}

const scratch = await scratchDirectory()
const embedded = await startEmbedded({ dataDir: scratch.path, durable: values.quota === undefined })
const pool = new pg.Pool({ connectionString: embedded.url, max: 2 })
const postgres = await postgresCpu(pool)
const wanted = wantedScenarios(SCENARIOS).filter(({ name }) => SCENARIOS.split(',').includes(name))
const figures = new Map<string, Figure[]>()
const failures: string[] = []
const servers: Server[] = []
const quotas: CpuQuota[] = []
try {
  for (const workers of WORKERS) servers.push(await start(workers))
  const cases = (await Promise.all(servers.map((server) => casesOf(server, pool, 'taskwire.task', wanted)))).flat()
  // At full speed, and before they are limited: otherwise they would still be compiling while they are measured.
  for (const each of cases) await loaded(each, Number(values.warm))
  if (values.quota !== undefined) for (const server of servers) quotas.push(...limited(server, Number(values.quota)))
  for (let round = 1; round <= Number(values.rounds); round++) {
    for (const { name } of wanted) {
      for (const each of cases.filter(({ scenario }) => scenario === name)) await measure(each)
    }
    process.stderr.write(`round ${round} of ${values.rounds}\n`)
  }
  for (const { name } of wanted) console.log(report(name))
  console.log(failures.length === 0 ? 'no request failed' : `failed: ${failures.join('; ')}`)
} finally {
  for (const server of servers) await server.stop()
  for (const quota of quotas) quota.remove()
  await pool.end()
  await embedded.stop()
  await scratch.remove()
}

async function start(workers: string): Promise<Server> {
  const env = { DATABASE_URL: embedded.url, TASKWIRE_DATA_DIR: scratch.path, WORKERS: workers }
  const server = await launch(workers, [...EVERY_CORE, ...programOf('taskwire')], env)
  await settled(server)
  return server
}

/** Resolves when no worker is starting any more: the first serves before the others do. */
async function settled(server: Server): Promise<void> {
  const SETTLED = { withinMs: 500, useAtMost: 10_000 }
  for (let used = Infinity; used > SETTLED.useAtMost;) {
    const before = cpuOf(server)
    await pause(SETTLED.withinMs)
    used = cpuOf(server) - before
  }
}

function loaded({ server, requests }: Case, seconds: number) {
  return load({ url: server.url, connections: CONNECTIONS, seconds, requests })
}

async function measure(each: Case): Promise<void> {
  const { scenario, server } = each
  const before = { server: cpuOf(server), postgres: postgres?.() ?? NaN }
  const outcome = await loaded(each, Number(values.seconds))
  const used = { server: cpuOf(server) - before.server, postgres: (postgres?.() ?? NaN) - before.postgres }
  if (outcome.failed > 0) failures.push(`${scenario} with ${server.name}: ${JSON.stringify(outcome.failures)}`)
  const key = `${scenario} ${server.name}`
  const figure = {
    perSecond: outcome.perSecond,
    server: used.server / outcome.answered,
    postgres: used.postgres / outcome.answered,
    load: outcome.loadCpu / outcome.answered,
  }
  figures.set(key, [...(figures.get(key) ?? []), figure])
}

/** Gives each process that serves a part of a core; the primary, which does not, shares that of the first. */
function limited(server: Server, percentOfCore: number): CpuQuota[] {
  const [first = server.pid, ...others] = workersOf(server)
  return [[server.pid, first], ...others.map((pid) => [pid])].map((pids, index) => {
    const quota = openCpuQuota(`${server.name}-${index}`, percentOfCore)
    for (const pid of new Set(pids)) quota.add(pid)
    return quota
  })
}

function workersOf({ pid }: Server): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

/** The CPU time of a server and its workers. */
function cpuOf(server: Server): number {
  return [server.pid, ...workersOf(server)].reduce((sum, each) => sum + cpuTime(each), 0)
}

function report(scenario: string): string {
  const of = (workers: string, key: keyof Figure) =>
    median((figures.get(`${scenario} ${workers}`) ?? []).map((each) => each[key]))
  const ratio = of('2', 'perSecond') / of('1', 'perSecond')
  const cpu = (key: 'server' | 'postgres' | 'load') =>
    `${key} ${WORKERS.map((workers) => Math.round(of(workers, key))).join(' and ')} µs`
  const cores = ((of('2', 'server') + of('2', 'postgres') + of('2', 'load')) * of('2', 'perSecond')) / 1e6 / CORES
  return (
    `${scenario.padEnd(12)} ${WORKERS.map((workers) => Math.round(of(workers, 'perSecond'))).join(' and ')} a second: ` +
    `${ratio.toFixed(2)} times; CPU for a response: ${cpu('server')}, ${cpu('postgres')}, ${cpu('load')}; ` +
    `two workers used ${cores.toFixed(2)} of the cores`
  )
}
