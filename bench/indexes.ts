import { startBackend } from './backend.ts'
import { median } from './rounds.ts'
import { descriptionSql, titleSql } from './scale/words.ts'

/**
 * Measures the cost of an index per write: the same statements on copies of `taskwire.task` (without the log) that
 * differ in one index, in interleaved rounds over one connection. CPU is the time of the connection's PostgreSQL
 * process (so Linux only), WAL is the volume per write. docs/scale.md relies on it: `node bench/indexes.ts`.
 */
const STATEMENTS = 500
const ROUNDS = 8
const USERS = 100
const FILLED = 20_000

const copies: Record<string, string> = {
  'as shipped': '',
  'without the search index': 'DROP INDEX task_search_idx',
  'without the title index': 'DROP INDEX task_title_idx',
  'with an index on updated_at': 'CREATE INDEX ON task (user_id, updated_at, id)',
  'with an index on pending tasks': 'CREATE INDEX ON task (user_id, created_at, id) WHERE NOT completed',
}

const backend = await startBackend()
const { client, walBytes, cpuSeconds } = backend
const definitions = await client.query<{ name: string; text: string }>(
  `SELECT indexname AS name, indexdef AS text FROM pg_indexes
   WHERE schemaname = 'taskwire' AND tablename = 'task' AND indexname <> 'task_pkey'`,
)
for (const [copy, change] of Object.entries(copies)) {
  const schema = client.escapeIdentifier(copy)
  await client.query(`CREATE SCHEMA ${schema}; SET search_path = ${schema}, taskwire`)
  await client.query(`CREATE TABLE task (LIKE taskwire.task INCLUDING DEFAULTS, PRIMARY KEY (user_id, id))`)
  await client.query(`ALTER TABLE task SET (fillfactor = 80)`)
  for (const { text } of definitions.rows) await client.query(text.replace(' ON taskwire.task ', ` ON ${schema}.task `))
  await client.query(change)
  await client.query(`INSERT INTO task (user_id, title, description)
    SELECT 'user-' || n % ${USERS}, ${titleSql}, ${descriptionSql} FROM generate_series(1, ${FILLED}) n`)
  await client.query('VACUUM ANALYZE task')
}

const writes: Record<string, string> = {
  create: `INSERT INTO task (user_id, title, description)
    SELECT 'user-' || n % ${USERS}, ${titleSql}, ${descriptionSql} FROM (SELECT $1::int AS n) number RETURNING *`,
  toggle: `UPDATE task SET completed = NOT completed, updated_at = now(), version = version + 1
    WHERE (user_id, id) = (SELECT user_id, id FROM task WHERE user_id = 'user-' || $1::int % ${USERS}
      ORDER BY created_at DESC, id DESC LIMIT 1) RETURNING *`,
}

const figures = new Map<string, { cpu: number[]; wal: number[] }>()
let turn = FILLED
for (let round = 0; round < ROUNDS; round++) {
  for (const copy of Object.keys(copies)) {
    await client.query(`SET search_path = ${client.escapeIdentifier(copy)}, taskwire`)
    for (const [write, text] of Object.entries(writes)) {
      // After a checkpoint the next writes log whole pages. One beforehand keeps a random case from paying for it.
      await client.query('CHECKPOINT')
      const once = () => client.query({ name: `${write} ${copy}`, text, values: [turn++] })
      for (let n = 0; n < 200; n++) await once()
      const [cpu, wal] = [await cpuSeconds(), await walBytes()]
      for (let n = 0; n < STATEMENTS; n++) await once()
      const name = `${write}, ${copy}`
      const each = figures.get(name) ?? { cpu: [], wal: [] }
      figures.set(name, each)
      // The first round warms up.
      if (round === 0) continue
      each.cpu.push(((await cpuSeconds()) - cpu) * (1_000_000 / STATEMENTS))
      each.wal.push(((await walBytes()) - wal) / STATEMENTS)
    }
  }
}
for (const [name, { cpu, wal }] of figures) {
  process.stdout.write(`${name.padEnd(40)} CPU ${median(cpu).toFixed(0)} µs, WAL ${median(wal).toFixed(0)} bytes\n`)
}
await backend.stop()
