import { load, type Outcome, type Request } from './load.ts'
import type { PostgresCpu } from './postgres_cpu.ts'
import { cpuTime, memory, type Server } from './servers.ts'

/** One server under one kind of load. */
export interface Case {
  readonly scenario: string
  readonly server: Server
  readonly requests: readonly Request[]
}

export interface Figure extends Outcome {
  readonly scenario: string
  readonly server: string
  /** Microseconds of the server process's CPU time per response. */
  readonly cpu: number
  /** Microseconds of PostgreSQL's CPU time per response, if it runs on this machine. */
  readonly postgres?: number | undefined
}

/** How a run measures. */
export interface Plan {
  readonly rounds: number
  readonly seconds: number
  readonly postgres: PostgresCpu | undefined
}

const CONNECTIONS = 64

/**
 * Runs all cases in turn, round after round, so that disturbances of the machine affect all of them; returns medians.
 */
export async function interleaved(cases: readonly Case[], plan: Plan): Promise<Figure[]> {
  for (const each of cases) await measured(each, { ...plan, seconds: 2 })
  const figures = cases.map((): Figure[] => [])
  for (let round = 1; round <= plan.rounds; round++) {
    for (const [index, each] of cases.entries()) figures[index]?.push(await measured(each, plan))
    process.stderr.write(`round ${round} of ${plan.rounds}\n`)
  }
  return figures.map(medianFigure)
}

async function measured({ scenario, server, requests }: Case, { seconds, postgres }: Plan): Promise<Figure> {
  const before = { server: cpuTime(server.pid), postgres: postgres?.() }
  const outcome = await load({ url: server.url, connections: CONNECTIONS, seconds, requests })
  const cpu = (cpuTime(server.pid) - before.server) / outcome.answered
  const theirs = postgres === undefined ? undefined : (postgres() - (before.postgres ?? 0)) / outcome.answered
  return { scenario, server: server.name, ...outcome, cpu, postgres: theirs }
}

/** A server's resident memory in megabytes while it handles very many requests. */
export interface Endurance {
  readonly answered: number
  readonly failed: number
  /** After a tenth of the requests, at the end, and the maximum. */
  readonly early: number
  readonly late: number
  readonly peak: number
}

/** Runs cases of one server in turn until it has sent the given number of responses. */
export async function endured(cases: readonly Case[], wanted: number, seconds: number): Promise<Endurance> {
  const server = cases[0]?.server
  if (server === undefined) throw new Error('a bench needs a case')
  let answered = 0
  let failed = 0
  let early: number | undefined
  let silent = 0
  for (let turn = 0; answered < wanted; turn++) {
    const { requests } = cases[turn % cases.length] ?? { requests: [] }
    const outcome = await load({ url: server.url, connections: CONNECTIONS, seconds, requests })
    // On a busy machine a slow scenario may have no answer within its seconds.
    silent = outcome.answered === 0 ? silent + 1 : 0
    if (silent === cases.length) throw new Error(`${server.name} answers no more`)
    answered += outcome.answered
    failed += outcome.failed
    if (answered >= wanted / 10) early ??= memory(server.pid).now
  }
  const { now, peak } = memory(server.pid)
  return { answered, failed, early: early ?? now, late: now, peak }
}

function medianFigure(figures: Figure[]): Figure {
  const [first] = figures
  if (first === undefined) throw new Error('a bench needs a round')
  const of = (key: 'cpu' | 'perSecond' | 'p50' | 'p99') => median(figures.map((figure) => figure[key]))
  return {
    ...first,
    answered: figures.reduce((sum, { answered }) => sum + answered, 0),
    failed: figures.reduce((sum, { failed }) => sum + failed, 0),
    cpu: Math.round(of('cpu') * 10) / 10,
    postgres:
      first.postgres === undefined ? undefined : Math.round(median(figures.map(({ postgres = NaN }) => postgres))),
    perSecond: Math.round(of('perSecond')),
    p50: of('p50'),
    p99: of('p99'),
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle - 1)] ?? NaN)) / 2
}

/** Resident memory of servers in megabytes, when the rounds are over. */
export function memories(servers: readonly Server[]) {
  return servers.map((server) => ({ server: server.name, ...memory(server.pid) }))
}
