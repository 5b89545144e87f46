import { startBackend } from './backend.ts'
import { median } from './rounds.ts'

/**
 * Measures the cost of the change log per write: the same statements on `taskwire.task` and on a copy without the
 * trigger, in interleaved rounds over one connection. CPU is the time of the connection's PostgreSQL process (so Linux
 * only), WAL is the volume per write. docs/decisions/004 relies on it: `node bench/change_log.ts`.
 */
const STATEMENTS = 1000
const ROUNDS = 8
const USERS = 20

const backend = await startBackend()
const { client, number, walBytes, cpuSeconds } = backend
await client.query(`CREATE SCHEMA bare; CREATE TABLE bare.task (LIKE taskwire.task INCLUDING ALL)`)
await client.query(`ALTER TABLE bare.task SET (fillfactor = 80)`)

interface Row {
  readonly user_id: string
  readonly id: number
}
const latest = new Map<string, Row[]>()
let turn = 0

async function create(table: string): Promise<void> {
  const { rows } = await client.query<Row>({
    name: `create ${table}`,
    text: `INSERT INTO ${table} (user_id, title, description, changed_via) VALUES ($1, $2, $3, 'rest') RETURNING *`,
    values: [`user-${turn++ % USERS}`, 'Buy two litres of milk', 'The one with the blue cap, if there is any left'],
  })
  latest.set(table, [...(latest.get(table) ?? []), ...rows].slice(-USERS))
}

async function toggle(table: string): Promise<void> {
  const task = latest.get(table)?.[turn++ % USERS]
  await client.query({
    name: `toggle ${table}`,
    text: `UPDATE ${table} SET completed = NOT completed, version = version + 1, changed_via = 'rest'
      WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING *`,
    values: [task?.user_id, task?.id],
  })
}

const ways: Record<string, () => Promise<void>> = {
  'create, no log': () => create('bare.task'),
  'create, log': () => create('taskwire.task'),
  'toggle, no log': () => toggle('bare.task'),
  'toggle, log': () => toggle('taskwire.task'),
}

const figures = new Map(
  Object.keys(ways).map((name) => [name, { cpu: [] as number[], wall: [] as number[], wal: [] as number[] }]),
)
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, way] of Object.entries(ways)) {
    // After a checkpoint the next writes log whole pages. One beforehand keeps a random case from paying for it.
    await client.query('CHECKPOINT')
    for (let n = 0; n < 200; n++) await way()
    const [cpu, wal, begun] = [await cpuSeconds(), await walBytes(), performance.now()]
    for (let n = 0; n < STATEMENTS; n++) await way()
    const each = figures.get(name)
    // The first round warms up.
    if (round === 0 || each === undefined) continue
    each.wall.push(((performance.now() - begun) * 1000) / STATEMENTS)
    each.cpu.push(((await cpuSeconds()) - cpu) * (1_000_000 / STATEMENTS))
    each.wal.push(((await walBytes()) - wal) / STATEMENTS)
  }
}
for (const [name, { cpu, wall, wal }] of figures) {
  const [cpuUs, wallUs, walB] = [median(cpu), median(wall), median(wal)].map((value) => value.toFixed(0))
  process.stdout.write(`${name.padEnd(16)} CPU ${cpuUs} µs, wall ${wallUs} µs, WAL ${walB} bytes\n`)
}
const changes = await number('SELECT count(*)::int FROM taskwire.change')
const row = await number('SELECT avg(pg_column_size(change))::int FROM taskwire.change')
const stored = await number(`SELECT pg_total_relation_size('taskwire.change')::float8`)
process.stdout.write(`${changes} changes: ${row} bytes each, ${(stored / changes).toFixed(0)} with pages and indexes\n`)

await backend.stop()
