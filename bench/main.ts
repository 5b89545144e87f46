import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@taskwire/db/embedded'
import pg from 'pg'
import { fanOut } from './fanout.ts'
import { fill } from './fill.ts'
import { againstOldStack, plot, remarks, table, type Result } from './report.ts'
import { endured, interleaved, memories, type Case } from './rounds.ts'
import { scenarios } from './scenarios.ts'
import { startServer, type Server } from './servers.ts'
import { starts } from './start.ts'
import { scratchDirectory } from './scratch.ts'

const usage = `pnpm bench [--rounds 5] [--seconds 4] [--only NAME] [--quick]

Loads the server as shipped and a hand-written Fastify + pg server in turn, on one PostgreSQL (DATABASE_URL, or an
embedded one in a temporary directory), and prints CPU per request, throughput and latency as medians of the rounds.
Results are kept in bench/results/, the table and the plot go to docs/. Linux only: it reads /proc.

  --only NAME   scenarios whose name contains this; nothing is written
  --quick       one round of one second; nothing is written`

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string', default: '' },
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
const whole = !options.quick && options.only === ''

const scratch = await scratchDirectory()
const embedded = process.env['DATABASE_URL'] === undefined ? await startEmbedded({ dataDir: scratch.path }) : undefined
const url = embedded?.url ?? process.env['DATABASE_URL'] ?? ''
const pool = new pg.Pool({ connectionString: url, max: 2 })
const started: Server[] = []
try {
  const taskwire = await startServer('taskwire', { DATABASE_URL: url, TASKWIRE_DATA_DIR: scratch.path })
  started.push(taskwire)
  const reference = await startServer('reference', { DATABASE_URL: url })
  started.push(reference)
  const result = await measured(taskwire, reference)
  process.stdout.write(`${text(result)}\n`)
  if (whole) await keep(result)
} finally {
  await Promise.all(started.map((server) => server.stop()))
  await pool.end()
  await embedded?.stop()
  await scratch.remove()
}

async function measured(taskwire: Server, reference: Server): Promise<Result> {
  const users = await fill(pool, 'taskwire.task', 200, 20)
  const writers = await fill(pool, 'taskwire.task', 200, 1)
  const theirs = await fill(pool, 'reference.task', 200, 20)
  const theirWriters = await fill(pool, 'reference.task', 200, 1)
  const wanted = scenarios.filter(({ name }) => name.includes(options.only))
  const cases = wanted.flatMap(({ name, transport, requests }): Case[] => {
    const ours = { scenario: name, server: taskwire, requests: requests(users, writers) }
    if (transport !== 'rest') return [ours]
    return [ours, { scenario: name, server: reference, requests: requests(theirs, theirWriters) }]
  })
  const figures = await interleaved(cases, rounds, seconds)
  return {
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
    date: new Date().toISOString(),
    machine: `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    rounds,
    seconds,
    figures,
    memory: memories([taskwire, reference]),
    endurance: whole
      ? await endured(
          cases.filter(({ server }) => server === taskwire),
          1_000_000,
          seconds,
        )
      : undefined,
    fanOut: whole ? await fanOut(taskwire, users, 5, 400) : undefined,
    starts: whole ? await starts(5) : undefined,
  }
}

function text(result: Result): string {
  return [table(result), remarks(result), againstOldStack(result)].join('\n\n')
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
