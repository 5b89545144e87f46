import { newUser } from '@taskwire/api/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TaskwireClient } from './client.ts'
import type { Change, Task } from './router.ts'
import { anyFault, faultyFetch, lineTo, serve, testServer, type Line, type TestServer } from '../testing/server.ts'

// Two replicas behind a line that loses one request in three, by every kind of fault.

let server: TestServer
let replicas: string[] = []
let stop: () => void
let lines: Line[] = []
beforeAll(async () => {
  server = await testServer()
  const second = await serve(server.replica().services)
  stop = second.stop
  lines = await Promise.all([lineTo(server.url), lineTo(second.url)])
  replicas = lines.map(({ url }) => url)
})
afterAll(async () => {
  for (const line of lines) line.close()
  stop()
  await server.close()
})

/** A client whose requests alternate between the replicas. */
function client(user: string, fault: () => ReturnType<typeof anyFault> = () => undefined): TaskwireClient {
  const bad = faultyFetch(fault)
  let turn = 0
  const fetch = (input: RequestInfo | URL, init?: RequestInit) =>
    bad(
      (input instanceof Request ? input.url : input.toString()).replace('http://replica', replicas[turn++ % 2] ?? ''),
      init,
    )
  return server.client(user, { url: 'http://replica', fetch, retry: { maxRetries: 100, timeoutMs: 120_000 } })
}

/** Does `work` for 0 to `count - 1`, a hundred at a time. */
async function many<T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const done: T[] = []
  let next = 0
  const worker = async () => {
    for (let n = next++; n < count; n = next++) done[n] = await work(n)
  }
  await Promise.all(Array.from({ length: 100 }, worker))
  return done
}

async function all(user: string): Promise<Map<number, Task>> {
  const tasks = new Map<number, Task>()
  for (let cursor: string | undefined; ;) {
    const page = await client(user).task.list.query({ limit: 200, cursor })
    for (const task of page.items) tasks.set(task.id, task)
    if (page.next_cursor === null) return tasks
    cursor = page.next_cursor
  }
}

const TRIALS = 2000

test(`none of ${TRIALS} writes is lost or duplicated`, async () => {
  const user = newUser()
  const bad = client(user, () => anyFault(33))
  const made = await many(TRIALS, (n) => bad.task.create.mutate({ title: `task ${n}` }))
  const tasks = await all(user)
  expect(tasks.size).toBe(TRIALS)
  expect(made.map(({ id }) => tasks.get(id)?.title)).toEqual(made.map((_, n) => `task ${n}`))
})

test(`${TRIALS} toggles each count once`, async () => {
  const user = newUser()
  const { id } = await client(user).task.create.mutate({ title: 'flip' })
  const bad = client(user, () => anyFault(10))
  await many(TRIALS, () => bad.task.toggle.mutate({ task_id: id }))
  expect(await client(user).task.get.query({ task_id: id })).toMatchObject({ version: TRIALS + 1, completed: false })
})

test(`ten listeners whose connections are cut receive ${TRIALS} changes without a gap`, async () => {
  const user = newUser()
  // By what was received and not by the clock: where opening a connection takes long, all would be cut before they bring anything.
  let received = 0
  const sometimesCut = () => void (++received % 100 === 0 && lines[Math.floor(Math.random() * 2)]?.cut())
  const listening = Array.from({ length: 10 }, async () => {
    const copy = new Map<number, NonNullable<Change['after']>>()
    const seen: number[] = []
    for await (const { seq, task_id, after } of client(user).changes({ since: 0 })) {
      seen.push(seq)
      sometimesCut()
      if (after === null) copy.delete(task_id)
      else copy.set(task_id, after)
      if (seq === TRIALS) break
    }
    return { copy, seen }
  })
  const near = server.client(user)
  const made = await many(0.4 * TRIALS, (n) => near.task.create.mutate({ title: `task ${n}` }))
  await many(0.4 * TRIALS, (n) => near.task.toggle.mutate({ task_id: idOf(made[n]) }))
  await many(0.2 * TRIALS, (n) => near.task.delete.mutate({ task_id: idOf(made[n * 2]) }))
  const followed = await Promise.all(listening)
  const tasks = await all(user)
  for (const { copy, seen } of followed) {
    expect(seen).toEqual(Array.from({ length: TRIALS }, (_, n) => n + 1))
    expect(copy).toEqual(tasks)
  }
})

function idOf(task: Task | undefined): Change['task_id'] {
  return task?.id ?? 0
}
