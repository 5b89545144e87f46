import { trialsOfRun } from '@taskwire/faults'
import { afterAll, expect, test } from 'vitest'
import { ApiError } from '../errors/api_error.ts'
import { brokenLinks, newUser, testServices, wholeLog, type Caller } from '../../testing/services.ts'
import type { LoggedTask, Task } from '../task/schema.ts'
import type { Principal } from '../core/services.ts'
import type { Change } from './schema.ts'

const api = await testServices()
const other = api.replica()
afterAll(api.close)

const replica = () => (Math.random() < 0.5 ? api : other)
const pick = (count: number) => Math.floor(Math.random() * count)

/** Runs `work` for 0, 1, 2 ... below `count`, at most `width` at a time. */
async function each(count: number, width: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

/** Even, so that the task ends as it began. */
const TRIALS = 2 * Math.ceil(trialsOfRun(2000) / 2)

test(`${TRIALS} toggles through two replicas leave the task at version ${TRIALS + 1}`, async () => {
  const user_id = newUser()
  const { id: task_id } = await api.caller(user_id).task.create({ title: 'Milk' })
  const versions = new Set<number>()
  await each(TRIALS, 20, async (n) => {
    const { version } = await (n % 2 ? api : other).caller(user_id).task.toggle({ task_id })
    versions.add(version)
  })
  expect(versions.size).toBe(TRIALS)
  expect(await api.caller(user_id).task.get({ task_id })).toMatchObject({ version: TRIALS + 1, completed: false })
  expect(brokenLinks(await wholeLog(api.caller(user_id)))).toEqual([])
})

test(`${TRIALS} keyed creates, retried on random replicas after lost responses, each create exactly one task`, async () => {
  const user_id = newUser()
  await each(TRIALS, 20, async (n) => {
    const input = { title: `task ${n}`, idempotency_key: `key-${n}` }
    const send = () => replica().caller(user_id).task.create(input)
    const lost = pick(3)
    const responses: Task[] = []
    // Some retries start while the previous attempt is still running, as after a timeout.
    if (n % 5 === 0) responses.push(...(await Promise.all([send(), send()])))
    for (let sent = 0; sent <= lost; sent++) responses.push(await send())
    for (const response of responses) expect(response).toStrictEqual(responses[0])
  })
  const log = await wholeLog(api.caller(user_id))
  expect(brokenLinks(log)).toEqual([])
  const titles = log.map(({ after }) => after?.title)
  expect(new Set(titles).size).toBe(TRIALS)
  expect(log).toHaveLength(TRIALS)
})

test(`ten listeners that are disconnected at random each rebuild the table from ${TRIALS} changes of two replicas`, async () => {
  const user_id = newUser()
  const principal: Principal = {
    user_id,
    kind: 'issued',
    scope: 'write',
    actor: null,
    email: null,
    name: null,
    expires_at: null,
  }

  async function listen(): Promise<Map<number, LoggedTask>> {
    const tasks = new Map<number, LoggedTask>()
    let seq = 0
    while (seq < TRIALS) {
      const cut = new AbortController()
      const stream = await replica().services.feed.subscribe(principal, seq, cut.signal)
      const readLimit = 1 + pick(400)
      const timer = setTimeout(() => cut.abort(), pick(300))
      let seen = 0
      for await (const change of stream) {
        expect(change.seq).toBe(seq + 1)
        seq = change.seq
        apply(tasks, change)
        if (seq === TRIALS || ++seen === readLimit) break
        // Occasionally a listener is slow enough to overflow its queue.
        if (pick(500) === 0) await new Promise((resolve) => setTimeout(resolve, 100))
      }
      clearTimeout(timer)
      cut.abort()
    }
    return tasks
  }

  const ids: number[] = []
  async function write({ task }: Caller): Promise<void> {
    const task_id = ids[pick(ids.length)]
    const kind = pick(10)
    if (task_id === undefined || kind < 3) ids.push((await task.create({ title: `task ${pick(1000)}` })).id)
    else if (kind < 7) await task.toggle({ task_id }).catch(unlessDeleted)
    else if (kind < 9) await task.update({ task_id, title: `renamed ${pick(1000)}` }).catch(unlessDeleted)
    else await task.delete({ task_id }).catch(unlessDeleted)
  }

  const listening = Promise.all(Array.from({ length: 10 }, listen))
  const counter = async () => (await api.caller(user_id).change.list({})).next
  for (let made = 0; made < TRIALS; made = await counter()) {
    await each(Math.min(500, TRIALS - made), 8, () => write(replica().caller(user_id)))
  }
  const copies = await listening

  const log = await wholeLog(api.caller(user_id))
  expect(log).toHaveLength(TRIALS)
  expect(brokenLinks(log)).toEqual([])
  const live = await api.services.db.task.findMany({ where: { user_id, deleted_at: null }, orderBy: { id: 'asc' } })
  for (const copy of copies) {
    const rows = [...copy.values()].toSorted((a, b) => a.id - b.id)
    expect(rows.map(({ id, title, completed, version }) => [id, title, completed, version])).toEqual(
      live.map(({ id, title, completed, version }) => [id, title, completed, version]),
    )
  }
  expect(api.logged).toEqual([])
})

function apply(tasks: Map<number, LoggedTask>, { task_id, after }: Change): void {
  if (after === null) tasks.delete(task_id)
  else tasks.set(task_id, after)
}

function unlessDeleted(error: unknown): void {
  if (!(error instanceof ApiError) || error.reason !== 'task_not_found') throw error
}
