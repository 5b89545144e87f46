import { expect } from 'vitest'
import { ApiError } from '../src/errors/api_error.ts'
import type { Change } from '../src/log/schema.ts'
import type { LoggedTask, Task } from '../src/task/schema.ts'
import { chance, type Chance } from './chance.ts'
import { brokenLinks, newUser, wholeLog, type Caller, type TestReplica, type TestServices } from './services.ts'

const START = Date.UTC(2026, 10, 21, 12)
const DAY = 86_400_000

const RULES = [
  'FREQ=DAILY',
  'FREQ=WEEKLY;INTERVAL=2',
  'FREQ=MONTHLY',
  'FREQ=DAILY;COUNT=3',
  'FREQ=DAILY;UNTIL=20261123',
]
const MODES = ['upcoming', 'each', 'completion'] as const
const REFUSALS: readonly string[] = [
  'task_not_found',
  'change_not_found',
  'undo_conflict',
  'recurrence_ended',
  'validation_failed',
]

type Client = Pick<Caller, 'task' | 'change'>
type Step = (client: Client) => Promise<unknown>

function someDay({ below }: Chance): string {
  return new Date(START + (below(30) - 10) * DAY).toISOString().slice(0, 10)
}

function someRecurrence({ oneOf }: Chance) {
  return { rule: oneOf(RULES), next: oneOf(MODES) }
}

function someBatch({ below, oneOf }: Chance, ids: readonly number[]) {
  const operations = Array.from({ length: 1 + below(4) }, () => ({
    do: oneOf(['complete', 'reopen', 'skip', 'delete'] as const),
    task_id: oneOf(ids),
  }))
  return { atomic: below(2) === 0, operations }
}

/** A random write on one of these tasks, or the undo of one of the first `seq` changes. */
function someStep(random: Chance, ids: readonly number[], seq: number): Step {
  const { below, oneOf } = random
  const task_id = oneOf(ids)
  const due_date = someDay(random)
  const recurrence = someRecurrence(random)
  const title = `t${below(100)}`
  return oneOf<Step>([
    ({ task }) => task.create({ title, due_date, recurrence }),
    ({ task }) => task.create({ title, due_date, recurrence, completed: true }),
    ({ task }) => task.complete({ task_id }),
    ({ task }) => task.complete({ task_id }),
    ({ task }) => task.update({ task_id, completed: true, due_date }),
    ({ task }) => task.reopen({ task_id }),
    ({ task }) => task.toggle({ task_id }),
    ({ task }) => task.update({ task_id, completed: false, title }),
    ({ task }) => task.skip({ task_id }),
    ({ task }) => task.update({ task_id, due_date }),
    ({ task }) => task.update({ task_id, recurrence }),
    ({ task }) => task.update({ task_id, due_date, recurrence }),
    ({ task }) => task.update({ task_id, recurrence: null }),
    ({ task }) => task.update({ task_id, title }),
    ({ task }) => task.delete({ task_id }),
    ({ task }) => task.batch(someBatch(random, ids)),
    ({ task }) => task.batch(someBatch(random, ids)),
    ({ change }) => change.undo({ seq: 1 + below(seq) }),
    ({ change }) => change.undo({ seq }),
  ])
}

const USERS = 4

/** Tries histories of recurring tasks that two clients write at the same time, on two replicas. */
export async function tryRandomHistories(api: TestServices, histories: number, seed: number): Promise<void> {
  const replica = api.replica()
  const each = Math.ceil(histories / USERS)
  await Promise.all(Array.from({ length: USERS }, (_, user) => tryHistories({ api, replica }, each, seed + user)))
}

interface Replicas {
  readonly api: TestServices
  readonly replica: TestReplica
}

async function tryHistories({ api, replica }: Replicas, histories: number, seed: number): Promise<void> {
  const random = chance(seed)
  for (let tried = 0; tried < histories; tried++) {
    let now = START
    const user_id = newUser()
    const at = (services: TestServices['services']) => ({ services: { ...services, now: () => new Date(now) } })
    const clients = [api.caller(user_id, at(api.services)), replica.caller(user_id, at(replica.services))] as const
    const [{ task, change }] = clients
    await task.create({ title: 'plain', due_date: '2026-11-21' })
    for (const next of MODES)
      await task.create({ title: next, due_date: '2026-11-21', recurrence: { rule: 'FREQ=DAILY', next } })
    const first = await tasksOf(clients[0])
    const { next: begin } = await change.list({})
    for (let steps = 3 + random.below(10); steps > 0; steps--) {
      now += random.below(3) * (DAY / 2)
      const ids = [...new Set((await wholeLog({ change })).map(({ task_id }) => task_id))]
      const { next: seq } = await change.list({})
      const together = random.below(3) === 0 ? clients : [random.oneOf(clients)]
      await Promise.all(together.map((client) => accepted(someStep(random, ids, seq)(client))))
    }
    await check(clients[0], `history ${tried} of seed ${seed}`)
    await undoAll(clients[0], begin)
    expect(await tasksOf(clients[0]), `history ${tried} of seed ${seed}`).toEqual(first)
    await check(clients[0], `history ${tried} of seed ${seed}, undone`)
  }
}

/** Ignores that a step was refused. */
async function accepted(step: Promise<unknown>): Promise<void> {
  await step.catch((error: unknown) => {
    if (!(error instanceof ApiError) || !REFUSALS.includes(error.reason)) throw error
  })
}

/** Every live task as undo must restore it: only `version` and `updated_at` may differ. */
async function tasksOf({ task }: Client): Promise<Map<number, Task>> {
  const { items } = await task.list({ limit: 200 })
  return new Map(items.map((item) => [item.id, { ...item, version: 0, updated_at: '' }]))
}

async function undoAll({ change }: Client, begin: number): Promise<void> {
  const log = await wholeLog({ change })
  // Either change of a pair undoes both.
  const single = log.filter(({ seq }) => seq > begin && !log.some(({ part_of }) => part_of === seq))
  for (const { seq } of single.toReversed()) expect(await change.undo({ seq })).toMatchObject({ undoes: seq })
}

/** The log leads to the list, and no series ever has two open tasks on the way. */
async function check({ task, change }: Client, history: string): Promise<void> {
  const log: readonly Change[] = await wholeLog({ change })
  expect(brokenLinks(log), history).toEqual([])
  const replayed = new Map<number, LoggedTask>()
  for (const { seq, task_id, after } of log) {
    if (after === null) replayed.delete(task_id)
    else replayed.set(task_id, after)
    const open = [...replayed.values()].flatMap(({ completed, series_id }) => (completed ? [] : (series_id ?? [])))
    expect(new Set(open).size, `${history} at ${seq}`).toBe(open.length)
  }
  const { items } = await task.list({ limit: 200 })
  expect(
    [...replayed.values()].toSorted((a, b) => b.id - a.id),
    history,
  ).toEqual(items.toSorted((a, b) => b.id - a.id))
}
