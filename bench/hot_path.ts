import { openDatabase } from '@taskwire/db'
import { startEmbedded } from '@taskwire/db/embedded'
import { migrate } from '@taskwire/db/migrate'
import { fill } from './fill.ts'
import { median } from './rounds.ts'
import { scratchDirectory } from './scratch.ts'

/**
 * Compares the same reads through Prisma and directly on its pool: CPU microseconds of this process per read, as
 * medians of interleaved rounds. docs/decisions/005 relies on it: `node bench/hot_path.ts`.
 */
const scratch = await scratchDirectory()
const embedded = await startEmbedded({ dataDir: scratch.path })
await migrate(embedded.url)
const { db, sql, pool, close } = openDatabase({ url: embedded.url })
const users = await fill(pool, 'taskwire.task', 200, 20)

let turn = 0
const next = () => {
  const user = users[turn++ % users.length]
  if (user === undefined) throw new Error('no users')
  return { user_id: user.id, id: user.tasks[turn % user.tasks.length] ?? 0 }
}

const plain = 'id, user_id, title, description, completed, created_at, updated_at, version'
const utc = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ${column}`
const formatted = `id, user_id, title, description, completed, ${utc('created_at')}, ${utc('updated_at')}, version`
const one = 'FROM taskwire.task WHERE user_id = $1 AND id = $2 AND deleted_at IS NULL'
const list =
  'FROM taskwire.task WHERE user_id = $1 AND deleted_at IS NULL ORDER BY task.created_at DESC, id DESC LIMIT 20'
const select = {
  id: true,
  user_id: true,
  title: true,
  description: true,
  completed: true,
  created_at: true,
  updated_at: true,
  version: true,
} as const

const ways: Record<string, () => Promise<unknown>> = {
  'get: Prisma findUnique': () => db.task.findUnique({ where: { user_id_id: next(), deleted_at: null }, select }),
  'get: Prisma $queryRawUnsafe': () => {
    const { user_id, id } = next()
    return db.$queryRawUnsafe(`SELECT ${plain} ${one}`, user_id, id)
  },
  'get: pool, named': () => sql({ name: 'get', text: `SELECT ${plain} ${one}`, values: Object.values(next()) }),
  'get: pool, named, times as text': () =>
    sql({ name: 'get_text', text: `SELECT ${formatted} ${one}`, values: Object.values(next()) }),
  'list: Prisma findMany': () =>
    db.task.findMany({
      where: { user_id: next().user_id, deleted_at: null },
      orderBy: [{ created_at: 'desc' }, { id: 'desc' }],
      take: 20,
      select,
    }),
  'list: Prisma $queryRawUnsafe': () => db.$queryRawUnsafe(`SELECT ${plain} ${list}`, next().user_id),
  'list: pool, named': () => sql({ name: 'list', text: `SELECT ${plain} ${list}`, values: [next().user_id] }),
  'list: pool, named, as one JSON value': () =>
    sql({
      name: 'list_json',
      text: `SELECT coalesce(json_agg(page), '[]') AS items FROM (SELECT ${formatted} ${list}) page`,
      values: [next().user_id],
    }),
}

const figures = new Map(Object.keys(ways).map((name) => [name, [] as number[]]))
for (let round = 0; round < 6; round++) {
  for (const [name, way] of Object.entries(ways)) {
    const cpu = await cpuOf(way, 4000)
    // The first round warms up.
    if (round > 0) figures.get(name)?.push(cpu)
  }
}
for (const [name, values] of figures) process.stdout.write(`${name.padEnd(40)} ${median(values).toFixed(0)} µs\n`)
await close()
await embedded.stop()
await scratch.remove()

/** Also serializes each result as JSON, as every transport does. */
async function cpuOf(way: () => Promise<unknown>, times: number): Promise<number> {
  const before = process.cpuUsage()
  let left = times
  const worker = async () => {
    while (left-- > 0) JSON.stringify(await way())
  }
  await Promise.all(Array.from({ length: 32 }, worker))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}
