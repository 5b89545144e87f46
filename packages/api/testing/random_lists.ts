import { expect } from 'vitest'
import type { ListedTask, ListInput, TaskFields } from '../src/task/schema.ts'
import { chance, type Chance } from './chance.ts'
import { expectedList } from './list_model.ts'
import { newUser, type TestServices } from './services.ts'

const ZONES = ['UTC', 'Asia/Kathmandu', 'America/Los_Angeles', 'Pacific/Kiritimati', 'America/New_York']
const SETTING = 'Asia/Kathmandu'
// Around a change of the clocks in New York and Los Angeles, and around midnights.
const START = Date.parse('2026-10-30T12:00:00Z')
const HOUR = 3_600_000

function someDay({ below }: Chance): string {
  return new Date(START + (below(20) - 7) * 24 * HOUR).toISOString().slice(0, 10)
}

function someTask(random: Chance): TaskFields & { title: string } {
  const { below, oneOf, maybe } = random
  const due_date = below(4) === 0 ? undefined : someDay(random)
  const due_time = due_date === undefined ? undefined : (maybe(() => '23:30') ?? maybe(() => `0${below(10)}:15`))
  return {
    title: `${oneOf(['milk', 'Milk', 'bread', 'Äpfel'])} ${below(9)}`,
    priority: maybe(() => oneOf(['high', 'medium', 'low'] as const)),
    tags: ['home', 'work', '日本'].filter(() => below(2) === 0),
    due_date,
    due_time,
    due_zone: due_time === undefined ? undefined : maybe(() => oneOf(ZONES)),
    start_date: due_date === undefined ? maybe(() => someDay(random)) : undefined,
    completed: below(3) === 0,
  }
}

function somewhere({ below, oneOf }: Chance, items: readonly ListedTask[]) {
  if (below(4) === 0) return { to: oneOf(['first', 'last'] as const) }
  const { id } = oneOf(items)
  return below(2) === 0 ? { after: id } : { before: id }
}

function someQuery(random: Chance): ListInput {
  const { below, oneOf, maybe } = random
  return {
    status: maybe(() => oneOf(['all', 'pending', 'completed', 'deleted'] as const)),
    completed: below(8) === 0 ? below(2) === 0 : undefined,
    search: below(6) === 0 ? 'MILK' : undefined,
    due:
      maybe(() => oneOf(['overdue', 'today', 'upcoming', 'none', 'any'] as const)) ?? maybe(() => 'overdue' as const),
    due_from: below(6) === 0 ? someDay(random) : undefined,
    due_to: below(6) === 0 ? someDay(random) : undefined,
    zone: maybe(() => oneOf(ZONES)),
    tags: below(4) === 0 ? [oneOf(['home', 'Work', '日本'])] : undefined,
    priority:
      below(4) === 0 ? [oneOf(['high', 'low', 'none'] as const), oneOf(['medium', 'none'] as const)] : undefined,
    started: below(5) === 0 ? below(2) === 0 : undefined,
    sort:
      maybe(() => oneOf(['title', 'updated_at', 'created'] as const)) ??
      oneOf(['due_date', 'priority', 'completed_at', 'position'] as const),
    order: maybe(() => oneOf(['asc', 'desc'] as const)),
  }
}

/** Compares this many random lists, read page by page while the clock goes on, with what they must contain. */
export async function compareRandomLists(api: TestServices, queries: number, seed = 20_261_121): Promise<void> {
  const random = chance(seed)
  let now = new Date(START)
  const { task, viewer } = api.caller(newUser(), { services: { ...api.services, now: () => now } })
  await viewer.update({ time_zone: SETTING })
  for (let made = 0; made < 150; made++) {
    const { id: task_id } = await task.create(someTask(random))
    if (random.below(4) === 0) await task.move({ task_id, ...somewhere(random, (await task.list({})).items) })
    if (random.below(5) === 0) await task.delete({ task_id })
  }
  // Many tasks of one time: what is equal is ordered by id.
  await api.services.db.$executeRaw`ALTER TABLE taskwire.task DISABLE TRIGGER task_change`
  await api.services.db
    .$executeRaw`UPDATE taskwire.task SET created_at = date_trunc('minute', created_at) - id % 9 * interval '1 hour',
    updated_at = date_trunc('minute', updated_at) - id % 5 * interval '1 hour',
    completed_at = date_trunc('minute', completed_at) - id % 7 * interval '1 hour'`
  await api.services.db.$executeRaw`ALTER TABLE taskwire.task ENABLE TRIGGER task_change`
  const live = await task.list({ limit: 200 })
  const trash = await task.list({ limit: 200, status: 'deleted' })
  const all = [...live.items, ...trash.items]

  for (let count = 0; count < queries; count++) {
    const query = someQuery(random)
    const asked = new Date(START + random.below(96 * 60) * 60_000 + random.oneOf([0, 0, 1, 30_000]))
    const limit = random.oneOf([7, 20, 50, 200])
    const found: ListedTask[] = []
    let cursor: string | undefined
    now = asked
    do {
      const page = await task.list({ ...query, limit, cursor })
      found.push(...page.items)
      cursor = page.next_cursor ?? undefined
      now = new Date(now.getTime() + random.below(30) * HOUR)
    } while (cursor !== undefined)
    const expected = expectedList(all, query, asked, query.zone ?? SETTING)
    expect({ query, asked, ids: ids(found) }).toEqual({ query, asked, ids: ids(expected) })
  }
}

function ids(tasks: readonly ListedTask[]): number[] {
  return tasks.map(({ id }) => id)
}
