import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@taskwire/db/embedded'
import { migrate } from '@taskwire/db/migrate'
import { Client } from 'pg'
import { BIG, fillScale } from './scale/fill.ts'
import { pagesFrom, sortNames } from './scale/places.ts'
import { purging } from './scale/purging.ts'
import { caller, medians, type Timed } from './scale/requests.ts'
import { stalledReaders, wholeList } from './scale/whole_list.ts'
import { COMMON, RARE } from './scale/words.ts'
import { scratchDirectory } from './scratch.ts'
import { startServer } from './servers.ts'

const usage = `node bench/scale.ts [--tasks 1000000] [--keep]

Fills an embedded PostgreSQL in a temporary directory with one user of so many tasks and changes, beside 5,000 users
of 20, and times what the server as shipped makes of it. Takes some minutes. Linux only: it reads /proc.

  --keep   writes the result to bench/results/ and its table into docs/scale.md (then: pnpm format)`

const { values: options } = parseArgs({
  options: {
    tasks: { type: 'string', default: '1000000' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  process.stdout.write(`${usage}\n`)
  process.exit()
}
const tasks = Number(options.tasks)
const PAGE = 50
const ROUNDS = 15

const rows: { what: string; value: string }[] = []
const report = (what: string, value: string) => {
  rows.push({ what, value })
  process.stderr.write(`${what}: ${value}\n`)
}
const ms = (time = NaN) => `${time < 10 ? time.toFixed(1) : time.toFixed(0)} ms`

const scratch = await scratchDirectory()
const embedded = await startEmbedded({ dataDir: scratch.path })
const client = new Client({ connectionString: embedded.url })
const ends = [() => client.end()]
try {
  await migrate(embedded.url)
  await client.connect()
  // The embedded server has a statement timeout.
  await client.query(`SET statement_timeout = 0; SET maintenance_work_mem = '256MB'`)
  await measure()
  process.stdout.write(`${table()}\n`)
  if (options.keep) await keep()
} finally {
  for (const end of ends.toReversed()) await end()
  await embedded.stop()
  await scratch.remove()
}

async function measure(): Promise<void> {
  const createSearchIndex = await fillScale(client, tasks)
  for (const name of ['task', 'change']) {
    const bytes = await number(
      `SELECT pg_total_relation_size('taskwire.${name}') / count(*)::float8 FROM taskwire.${name}`,
    )
    report(`one ${name}, with its pages and indexes (without search)`, `${bytes.toFixed(0)} bytes`)
  }
  const server = await startServer('taskwire', {
    DATABASE_URL: embedded.url,
    TASKWIRE_DATA_DIR: scratch.path,
    LOG_LEVEL: 'error',
  })
  ends.push(() => server.stop())
  const big = await caller(server.url, BIG)
  const small = await caller(server.url, 'bench-small-7')

  const search = (text: string) => () => big.request(`${big.tasks}?limit=${PAGE}&search=${text}`)
  const searches: Timed = {
    'a word that 5 tasks have': search(RARE),
    'a word that one of 12 tasks has': search(COMMON),
    'a word that no task has': search('xylophone'),
    'two letters that 5 tasks have': search(RARE.slice(0, 2)),
    'two letters that most tasks have': search('an'),
  }
  const unaided = await medians(searches, 1)
  if (createSearchIndex !== undefined) {
    const begun = performance.now()
    await client.query(createSearchIndex)
    await client.query('VACUUM ANALYZE taskwire.task')
    const bytes = await number(
      `SELECT pg_relation_size('taskwire.task_search_idx') / count(*)::float8 FROM taskwire.task`,
    )
    report(
      'search index',
      `${bytes.toFixed(0)} bytes a task, built in ${((performance.now() - begun) / 1000).toFixed(0)} s`,
    )
  }
  const aided = await medians(searches, 7)
  for (const [name, time] of Object.entries(aided))
    report(`search: ${name}`, `${ms(time)}, without the index ${ms(unaided[name])}`)
  report(
    'search of a user with 20 tasks',
    ms((await medians({ one: () => small.request(`${small.tasks}?limit=${PAGE}&search=${RARE}`) }, ROUNDS))['one']),
  )

  const deepest = Math.min(10_000, Math.floor(tasks / PAGE / 2))
  for (const sort of sortNames) {
    const rounds = sort === 'updated_at' ? 3 : ROUNDS
    const deep = await pagesFrom(client, sort, deepest, rounds + 1)
    const times = await medians(
      {
        first: () => big.request(`${big.tasks}?limit=${PAGE}&sort=${sort}`),
        deep: (round) => big.request(big.tasks + (deep[round] ?? '')),
      },
      rounds,
    )
    const { first = NaN, deep: far = NaN } = times
    report(
      `page 1 and page ${deepest.toLocaleString('en')} by ${sort}`,
      `${ms(first)} and ${ms(far)} (ratio ${(far / first).toFixed(2)})`,
    )
  }

  const id = await number(`SELECT max(id) FROM taskwire.task WHERE user_id = '${BIG}' AND deleted_at IS NULL`)
  const body = { title: 'Buy groceries', description: 'Milk, bread and something green' }
  const others = await medians(
    {
      'list of pending tasks, a page': () => big.request(`${big.tasks}?limit=${PAGE}&status=pending`),
      'trash of 1,000, a page': () => big.request(`${big.tasks}?limit=${PAGE}&status=deleted`),
      'get one': () => big.request(`${big.tasks}/${id}`),
      'create, user with 20 tasks': () => small.request(small.tasks, 'POST', body),
      'create, user with all these': () => big.request(big.tasks, 'POST', body),
      'toggle, user with all these': () => big.request(`${big.tasks}/${id}/complete`, 'PATCH'),
      'changes: where the log ends': () => big.request(`/api/${BIG}/changes`),
      'changes: the last 100': () => big.request(`/api/${BIG}/changes?since=${tasks - 100}`),
      'changes: 100 in the middle': () => big.request(`/api/${BIG}/changes?since=${tasks / 2}`),
      'changes: the first 100': () => big.request(`/api/${BIG}/changes?since=0`),
      'history of one task': () => big.request(`${big.tasks}/${id}/history`),
    },
    ROUNDS,
  )
  for (const [name, time] of Object.entries(others)) report(name, ms(time))

  const whole = await wholeList(server, BIG)
  report(
    'list without limit',
    `first byte ${ms(whole.firstByte)}, ${whole.megabytes.toFixed(0)} MB in ${whole.seconds.toFixed(1)} s, ` +
      `server ${whole.before} MB before, ${whole.peak} MB at most`,
  )
  report('20 lists without limit whose readers stall', `${await stalledReaders(server, BIG, 20)} MB more at most`)

  const purged = await purging(embedded.url, big)
  report('purge', `${purged.changes.toLocaleString('en')} changes in ${purged.seconds.toFixed(1)} s`)
  report('a purge that finds nothing, with 5,001 users', `${(purged.idle * 1000).toFixed(0)} ms`)
  report('a write of that user: median, p99', `${ms(purged.alone.p50)}, ${ms(purged.alone.p99)}`)
  report('the same during the purge', `${ms(purged.meanwhile.p50)}, ${ms(purged.meanwhile.p99)}`)
  const after = await medians({ end: () => big.request(`/api/${BIG}/changes`) }, ROUNDS)
  report('changes: where the log ends, after the purge', ms(after['end']))
}

function table(): string {
  return ['| | |', '| --- | --- |', ...rows.map(({ what, value }) => `| ${what} | ${value} |`)].join('\n')
}

async function number(text: string): Promise<number> {
  const { rows: found } = await client.query<Record<string, number>>(text)
  return Object.values(found[0] ?? {})[0] ?? NaN
}

async function keep(): Promise<void> {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`
  const results = new URL('results/', import.meta.url)
  await mkdir(results, { recursive: true })
  const date = new Date().toISOString()
  const name = `scale-${date.slice(0, 19).replaceAll(':', '')}-${commit.slice(0, 7)}.json`
  await writeFile(new URL(name, results), `${JSON.stringify({ commit, date, machine, tasks, rows }, null, 2)}\n`)
  const page = new URL('../docs/scale.md', import.meta.url)
  const measured = `${table()}\n\n${tasks.toLocaleString('en')} tasks, commit ${commit.slice(0, 7)}, ${machine}.`
  const before = await readFile(page, 'utf8')
  await writeFile(
    page,
    before.replace(/(?<=<!-- scale -->\n)[^]*(?=<!-- \/scale -->)/, () => `\n${measured}\n\n`),
  )
}
