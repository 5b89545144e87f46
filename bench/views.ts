import { parseArgs } from 'node:util'
import { startEmbedded } from '@taskwire/db/embedded'
import { migrate } from '@taskwire/db/migrate'
import pg from 'pg'
import { fillTasks, planOf, positionAfter, views } from '../packages/api/testing/view_plans.ts'
import { median } from './rounds.ts'
import { scratchDirectory } from './scratch.ts'

// `node bench/views.ts [--tasks 1000000]` fills an embedded PostgreSQL with one user of so many rich tasks and times, in
// PostgreSQL, pages of 50 of the views that have an index, and of searches for two letters, which have none. Three minutes
// for a million tasks on two quiet cores.

const { values: options } = parseArgs({ options: { tasks: { type: 'string', default: '1000000' } } })
const TASKS = Number(options.tasks)
const PAGE = Math.floor(TASKS / 1000)
const ROUNDS = 7
const USER = 'bench-views'

const scratch = await scratchDirectory()
const embedded = await startEmbedded({ dataDir: scratch.path })
const pool = new pg.Pool({ connectionString: embedded.url, max: 2 })
try {
  await migrate(embedded.url)
  await fillTasks(pool, USER, TASKS)
  // The first page that looks at tasks would otherwise pay for what the fill left behind.
  await pool.query('VACUUM taskwire.task')
  for (const [name, query] of views) await report(`${name}, page 1`, query)
  const [, overdue] = views[0] ?? []
  if (overdue === undefined) throw new Error('there is no view')
  const position = await positionAfter(pool, USER, 50 * PAGE)
  await report(`overdue, page ${PAGE.toLocaleString('en')}`, overdue, position)
  const search = { trash: false, completed: undefined, sort: 'created_at', order: 'desc' } as const
  await report('search of two letters that no task has, page 1', { ...search, search: 'zq' })
  await report('search of two letters that all tasks have, page 1', { ...search, search: 'ta' })
} finally {
  await pool.end()
  await embedded.stop()
  await scratch.remove()
}

async function report(name: string, ...[query, position]: Tail<Parameters<typeof planOf>>): Promise<void> {
  const plans = []
  for (let round = 0; round < ROUNDS; round++) plans.push(await planOf(pool, USER, query, position))
  const [{ buffers } = { buffers: NaN }] = plans
  console.log(`${name}: ${median(plans.map(({ ms }) => ms)).toFixed(1)} ms, ${buffers.toLocaleString('en')} buffers`)
}

type Tail<List extends readonly unknown[]> = List extends readonly [unknown, unknown, ...infer Rest] ? Rest : never
