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
import { scratchDirectory } from './scratch.ts'
import { cpuTime, launch, programs, type Server } from './servers.ts'

// `node bench/workers.ts [--rounds 5] [--seconds 4] [--quota PERCENT]` compares WORKERS=2 with one process, in turn, on one
// embedded PostgreSQL: requests a second, and the CPU time that the server's processes and PostgreSQL's use for a response.
// Servers may use every core, so the load and PostgreSQL take theirs from the same ones: on two cores the ratio of requests a
// second is a lower bound. With a quota each process that serves gets that part of a core and no more, so that the rest is
// left for PostgreSQL and the load; the primary has its part in the quota of the first worker. CPU times also hold on a
// machine that has other work.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    quota: { type: 'string' },
  },
})
const SCENARIOS = 'get one,list of 20,create,toggle'
/** Seconds. */
const WARM_UP = 10
const EVERY_CORE = ['taskset', '-c', `0-${availableParallelism() - 1}`]

interface Figure {
  readonly perSecond: number
  /** Microseconds for each response. */
  readonly server: number
  readonly postgres: number
}

const scratch = await scratchDirectory()
const embedded = await startEmbedded({ dataDir: scratch.path, durable: values.quota === undefined })
const pool = new pg.Pool({ connectionString: embedded.url, max: 2 })
const postgres = await postgresCpu(pool)
const wanted = wantedScenarios(SCENARIOS).filter(({ name }) => SCENARIOS.split(',').includes(name))
const figures = new Map<string, Figure[]>()
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const workers of ['1', '2']) await measure(workers)
  }
  for (const { name } of wanted) console.log(report(name))
} finally {
  await pool.end()
  await embedded.stop()
  await scratch.remove()
}

async function measure(workers: string): Promise<void> {
  const env = { DATABASE_URL: embedded.url, TASKWIRE_DATA_DIR: scratch.path, WORKERS: workers }
  const server = await launch(workers, [...EVERY_CORE, ...programs.taskwire], env)
  const quotas: CpuQuota[] = []
  try {
    await started(server)
    const cases = await casesOf(server, pool, 'taskwire.task', wanted)
    if (values.quota !== undefined) {
      // With a part of a core it would still be compiling while it is measured.
      for (const { requests } of cases) await load({ url: server.url, connections: 64, seconds: WARM_UP, requests })
      quotas.push(...limited(server, Number(values.quota)))
    }
    for (const { scenario, requests } of cases) {
      const before = { server: cpuOf(server), postgres: postgres?.() ?? 0 }
      const outcome = await load({ url: server.url, connections: 64, seconds: Number(values.seconds), requests })
      if (outcome.failed > 0) throw new Error(`${scenario} with ${workers}: ${outcome.failed} failed`)
      const figure = {
        perSecond: outcome.perSecond,
        server: (cpuOf(server) - before.server) / outcome.answered,
        postgres: ((postgres?.() ?? 0) - before.postgres) / outcome.answered,
      }
      const key = `${scenario} ${workers}`
      figures.set(key, [...(figures.get(key) ?? []), figure])
    }
  } finally {
    await server.stop()
    for (const quota of quotas) quota.remove()
  }
}

/** Gives each process that serves a part of a core; the primary, which does not, shares that of the first. */
function limited(server: Server, percentOfCore: number): CpuQuota[] {
  const [first = server.pid, ...others] = workersOf(server)
  return [[server.pid, first], ...others.map((pid) => [pid])].map((pids, index) => {
    const quota = openCpuQuota(String(index), percentOfCore)
    for (const pid of pids) quota.add(pid)
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

/** Resolves when no worker is starting any more: the first serves before the others do. */
async function started(server: Server): Promise<void> {
  const STARTED = { withinMs: 500, useAtMost: 10_000 }
  for (let used = Infinity; used > STARTED.useAtMost;) {
    const before = cpuOf(server)
    await pause(STARTED.withinMs)
    used = cpuOf(server) - before
  }
}

function report(scenario: string): string {
  const median = (workers: string, of: keyof Figure) => {
    const sorted = (figures.get(`${scenario} ${workers}`) ?? []).map((each) => each[of]).toSorted((a, b) => a - b)
    return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)
  }
  const [one, two] = [median('1', 'perSecond'), median('2', 'perSecond')]
  const cpu = (of: 'server' | 'postgres') => `${of} ${median('1', of)} and ${median('2', of)} µs`
  return (
    `${scenario.padEnd(12)} ${one} a second, with two workers ${two}: ${(two / one).toFixed(2)} times; ` +
    `CPU for a response: ${cpu('server')}, ${cpu('postgres')}`
  )
}
