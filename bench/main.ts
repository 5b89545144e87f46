import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { fanOut } from './fanout.ts'
import { fill } from './fill.ts'
import { casesOf, otherDatabase, succeeds, wantedScenarios } from './cases.ts'
import { checkOut, startCheckout, type Checkout } from './checkout.ts'
import { postgresOption, startPostgres } from './postgres.ts'
import { postgresCpu } from './postgres_cpu.ts'
import {
  againstCommit,
  againstFastApi,
  againstOldStack,
  againstRest,
  plot,
  remarks,
  table,
  type Result,
} from './report.ts'
import { endured, interleaved, memories, type Case } from './rounds.ts'
import type { Scenario } from './scenarios.ts'
import { startServer, type Server } from './servers.ts'
import { starts } from './start.ts'
import { scratchDirectory } from './scratch.ts'

const usage = `pnpm bench [--rounds 5] [--seconds 4] [--only NAME] [--against COMMIT] [--postgres 15] [--fastapi] [--quick]

Loads the server as shipped and two hand-written servers (Fastify + pg, node:http + pg) in turn, on one PostgreSQL (DATABASE_URL, or an
embedded one in a temporary directory), and prints CPU per request, throughput and latency as medians of the rounds.
Results are kept in bench/results/, the table and the plot go to docs/. Linux only: it reads /proc.

  --only NAME        scenarios whose name contains this (with =NAME: is this), or several of them separated by commas; nothing is
                     written
  --against COMMIT   load that commit's server as well, in the same rounds, on a database of its own; nothing is written
${postgresOption}; nothing is written
  --fastapi          load a FastAPI server as well (bench/fastapi/server.py says which packages it needs)
  --quick            one round of one second; nothing is written`

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string', default: '' },
    against: { type: 'string', default: '' },
    postgres: { type: 'string' },
    fastapi: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  process.stdout.write(`${usage}\n`)
  process.exit()
}
const rounds = options.quick ? 1 : Number(options.rounds)
const seconds = options.quick ? 1 : Number(options.seconds)
const whole = !options.quick && options.only === '' && options.against === '' && options.postgres === undefined

const checkout = options.against === '' ? undefined : await checkOut(options.against)
const scratch = await scratchDirectory()
const postgres = await startPostgres(options.postgres, scratch.path)
const { url } = postgres
const pool = new pg.Pool({ connectionString: url, max: 2 })
const started: Server[] = []
try {
  const result = await measured()
  process.stdout.write(`${text(result)}\n`)
  if (whole) await keep(result)
} finally {
  await Promise.all(started.map((server) => server.stop()))
  await pool.end()
  await postgres.stop()
  await scratch.remove()
  await checkout?.remove()
}

async function measured(): Promise<Result> {
  const env = { DATABASE_URL: url, TASKWIRE_DATA_DIR: scratch.path }
  const taskwire = keptServer(await startServer('taskwire', env))
  const reference = keptServer(await startServer('reference', env))
  const others = [keptServer(await startServer('node:http', env))]
  if (options.fastapi) others.push(keptServer(await startServer('fastapi', env)))
  const wanted = wantedScenarios(options.only)
  const ours = await casesOf(taskwire, pool, 'taskwire.task', wanted)
  const theirs = await casesOf(
    reference,
    pool,
    'reference.task',
    wanted.filter(({ shared }) => shared),
  )
  const compared = [
    ...theirs,
    ...others.flatMap((server) => theirs.map((each) => ({ ...each, server }))),
    ...(checkout === undefined ? [] : await casesOfCheckout(checkout, wanted)),
  ]
  // What is compared is measured shortly after each other.
  const cases = ours.flatMap((each) => [each, ...compared.filter(({ scenario }) => scenario === each.scenario)])
  for (const each of cases) {
    if (!(await succeeds(each))) throw new Error(`${each.server.name} fails: ${each.scenario}`)
  }
  const figures = await interleaved(cases, { rounds, seconds, postgres: await postgresCpu(pool) })
  return {
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
    date: new Date().toISOString(),
    machine: `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, ${postgres.name}`,
    rounds,
    seconds,
    figures,
    memory: memories(started),
    endurance: whole ? await endured(ours, 1_000_000, seconds) : undefined,
    fanOut: whole ? await fanOut(taskwire, await fill(pool, 'taskwire.task', 200, 20), 5, 400) : undefined,
    starts: whole ? await starts(5) : undefined,
  }
}

/** The scenarios that the other commit can do as well: those whose first request succeeds. */
async function casesOfCheckout(commit: Checkout, wanted: readonly Scenario[]): Promise<Case[]> {
  const own = await otherDatabase(pool, url, `bench_${commit.name}`)
  const env = { DATABASE_URL: own, TASKWIRE_DATA_DIR: join(scratch.path, commit.name) }
  const server = keptServer(await startCheckout(commit, env))
  const database = new pg.Pool({ connectionString: own, max: 2 })
  try {
    const cases = await casesOf(server, database, 'taskwire.task', wanted)
    const able = await Promise.all(cases.map(succeeds))
    return cases.filter((_, index) => able[index] === true)
  } finally {
    await database.end()
  }
}

/** Remembers a server, so that it is stopped at the end. */
function keptServer(server: Server): Server {
  started.push(server)
  return server
}

function text(result: Result): string {
  const parts = [
    table(result),
    againstRest(result),
    againstFastApi(result),
    remarks(result),
    againstOldStack(result),
  ].filter(Boolean)
  return (checkout === undefined ? parts : [againstCommit(result, checkout.name), ...parts]).join('\n\n')
}

async function keep(result: Result): Promise<void> {
  const results = new URL('results/', import.meta.url)
  await mkdir(results, { recursive: true })
  const name = `${result.date.slice(0, 19).replaceAll(':', '')}-${result.commit.slice(0, 7)}.json`
  await writeFile(new URL(name, results), `${JSON.stringify(result, null, 2)}\n`)
  await writeFile(new URL('../docs/performance.svg', import.meta.url), plot(result))
  const page = new URL('../docs/performance.md', import.meta.url)
  const { commit, machine } = result
  const measured = `${text(result)}\n\n${rounds} rounds of ${seconds} s, commit ${commit.slice(0, 7)}, ${machine}.`
  const before = await readFile(page, 'utf8')
  // The results of the last run are between the marks; the text around them is written by hand.
  await writeFile(
    page,
    before.replace(/<!-- bench -->[^]*<!-- \/bench -->/, () => `<!-- bench -->\n\n${measured}\n\n<!-- /bench -->`),
  )
}
