import { parseArgs } from 'node:util'
import { startBackend } from './backend.ts'
import { median } from './rounds.ts'
import { onTable, writeStatements } from './write_statements.ts'

/**
 * `node bench/change_log.ts [--postgres 15] [--rounds 12]` measures what triggers and log add to a write: the statements that
 * the server sends, on `taskwire.task` and on a copy with its indexes and without triggers, in interleaved rounds over one
 * connection. CPU is the time of the connection's PostgreSQL process (so Linux only), WAL is the volume per write.
 * Ratios are medians of those within a round. docs/performance.md and docs/decisions/004 rely on it. A minute.
 */
const { values: options } = parseArgs({
  options: { postgres: { type: 'string' }, rounds: { type: 'string', default: '12' } },
})
const STATEMENTS = 500
const WARM_UP = 100
const ROUNDS = Number(options.rounds)
const USERS = 100

const backend = await startBackend(options.postgres)
const { client, number, walBytes, cpuSeconds } = backend
const users = Array.from({ length: USERS }, (_, index) => `bench-${index}`)
const statements = await writeStatements(backend.url, users)
await client.query(`CREATE SCHEMA bare; CREATE TABLE bare.task (LIKE taskwire.task INCLUDING ALL)`)
await client.query(`ALTER TABLE bare.task SET (fillfactor = 80)`)
await client.query(`INSERT INTO bare.task SELECT * FROM taskwire.task`)
for (const table of ['taskwire.task', 'bare.task', 'taskwire.change']) await client.query(`VACUUM ANALYZE ${table}`)

let turn = 0
const once = (write: 'create' | 'toggle', table: string) => {
  const statement = statements[turn++ % USERS]?.[write]
  if (statement === undefined) throw new Error('no statements')
  return client.query(onTable(statement, table))
}
const writes = ['create', 'toggle'] as const
const tables = { 'without trigger and log': 'bare.task', 'as shipped': 'taskwire.task' } as const

interface Cost {
  readonly cpu: number
  readonly wall: number
  readonly wal: number
}
const costs = new Map<string, Cost[]>()
for (let round = 0; round <= ROUNDS; round++) {
  for (const write of writes) {
    for (const [name, table] of Object.entries(tables)) {
      const cost = await costOf(() => once(write, table))
      // The first round warms up.
      if (round > 0) costs.set(`${write}, ${name}`, [...(costs.get(`${write}, ${name}`) ?? []), cost])
    }
  }
}
for (const write of writes) process.stdout.write(report(write))
const changes = await number('SELECT count(*)::int FROM taskwire.change')
const row = await number('SELECT avg(pg_column_size(change))::int FROM taskwire.change')
const stored = await number(`SELECT pg_total_relation_size('taskwire.change')::float8`)
process.stdout.write(`${changes} changes: ${row} bytes each, ${(stored / changes).toFixed(0)} with pages and indexes\n`)
await backend.stop()

/** Of one statement, as the mean of many. */
async function costOf(run: () => Promise<unknown>): Promise<Cost> {
  // After a checkpoint the next writes log whole pages. One beforehand keeps a random case from paying for it.
  await client.query('CHECKPOINT')
  for (let n = 0; n < WARM_UP; n++) await run()
  const [cpu, wal, begun] = [await cpuSeconds(), await walBytes(), performance.now()]
  for (let n = 0; n < STATEMENTS; n++) await run()
  return {
    wall: ((performance.now() - begun) * 1000) / STATEMENTS,
    cpu: ((await cpuSeconds()) - cpu) * (1_000_000 / STATEMENTS),
    wal: ((await walBytes()) - wal) / STATEMENTS,
  }
}

function report(write: (typeof writes)[number]): string {
  const [bare = [], shipped = []] = Object.keys(tables).map((name) => costs.get(`${write}, ${name}`))
  const lines = Object.entries({ 'without trigger and log': bare, 'as shipped': shipped }).map(([name, each]) => {
    const of = (key: keyof Cost) => median(each.map((cost) => cost[key])).toFixed(0)
    return `${write}, ${name}: CPU ${of('cpu')} µs, wall ${of('wall')} µs, WAL ${of('wal')} bytes\n`
  })
  const ratio = median(shipped.map(({ cpu }, round) => cpu / (bare[round]?.cpu ?? NaN)))
  return `${lines.join('')}${write}: ${ratio.toFixed(2)} times the CPU (goal 1.6)\n`
}
