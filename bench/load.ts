import autocannon from 'autocannon'
import { spawn } from 'node:child_process'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { onCore } from './servers.ts'

/** One request of the load, without its host. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Load {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  readonly requests: readonly Request[]
}

/** The result of a load. */
export interface Outcome {
  /** All responses, including the warm-up second: the work for which the server used its CPU time. */
  readonly answered: number
  /** Responses other than 2xx, and errors. Any of them invalidates a figure. */
  readonly failed: number
  /** How many of those there were of each kind: a status, `timeout` or `connection error`. */
  readonly failures: Readonly<Record<string, number>>
  /** Excludes the warm-up, as do the milliseconds below. */
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** Microseconds of CPU time that the load itself has used. */
  readonly loadCpu: number
}

/**
 * Loads a server from a separate process on the last core, so that the cost of the load does not count as the server's.
 */
export async function load(options: Load): Promise<Outcome> {
  const [command, ...args] = onCore(1, [process.execPath, fileURLToPath(import.meta.url)])
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(options))
  return (await json(child.stdout)) as Outcome
}

async function outcome({ url, connections, seconds, requests }: Load): Promise<Outcome> {
  const run = (duration: number) => {
    // Each connection has its own share, because autocannon prepares every request of every connection before it
    // starts.
    let connection = 0
    return autocannon({
      url,
      connections,
      duration,
      setupClient: (client) => {
        const mine = connection++
        client.setRequests(requests.filter((_, index) => index % connections === mine))
      },
    })
  }
  const before = process.cpuUsage()
  // What this process compiles in its first second would count as the server's latency.
  const warmUp = await run(1)
  const result = await run(seconds)
  const { user, system } = process.cpuUsage(before)
  return {
    answered: warmUp['2xx'] + result['2xx'],
    failed: warmUp.non2xx + warmUp.errors + result.non2xx + result.errors,
    failures: failuresOf([warmUp, result]),
    perSecond: Math.round(result['2xx'] / result.duration),
    p50: result.latency.p50,
    p99: result.latency.p99,
    loadCpu: user + system,
  }
}

function failuresOf(runs: readonly autocannon.Result[]): Record<string, number> {
  const failures: Record<string, number> = {}
  const count = (kind: string, howMany: number) => {
    if (howMany > 0) failures[kind] = (failures[kind] ?? 0) + howMany
  }
  for (const { statusCodeStats = {}, errors, timeouts } of runs) {
    for (const [status, { count: howMany = 0 }] of Object.entries(statusCodeStats)) {
      if (!status.startsWith('2')) count(status, howMany)
    }
    count('timeout', timeouts)
    count('connection error', errors - timeouts)
  }
  return failures
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(JSON.stringify(await outcome((await json(process.stdin)) as Load)))
}
