import { afterAll, expect, test } from 'vitest'
import { ApiError } from '../errors/api_error.ts'
import { brokenLinks, newUser, testServices, wholeLog, type Caller } from '../../testing/services.ts'

const api = await testServices()
const replicas = [api, api.replica()] as const
afterAll(api.close)

/** `count` callers that alternate between the replicas. */
function callers(user_id: string, count: number): Caller[] {
  const [first, second] = replicas.map((replica) => replica.caller(user_id))
  return Array.from({ length: count }, (_, n) => (n % 2 === 0 ? first : second)).filter(
    (caller) => caller !== undefined,
  )
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1)

/** The result of a call, or null if it lost a race with one of these codes. */
async function settled<Result>(call: Promise<Result>, ...reasons: string[]): Promise<Result | null> {
  return call.catch((error: unknown) => {
    if (error instanceof ApiError && reasons.includes(error.reason)) return null
    throw error
  })
}

test('400 concurrent toggles through two replicas each count once and leave the task at version 401', async () => {
  const user_id = newUser()
  const { id: task_id } = await api.caller(user_id).task.create({ title: 'Milk' })
  const responses = await Promise.all(callers(user_id, 400).map(({ task }) => task.toggle({ task_id })))
  expect(responses.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(upTo(400).map((n) => n + 1))
  for (const { version, completed } of responses) expect(completed).toBe(version % 2 === 0)
  expect(await api.caller(user_id).task.get({ task_id })).toMatchObject({ version: 401, completed: false })
  expect(brokenLinks(await wholeLog(api.caller(user_id)))).toEqual([])
})

test('50 concurrent identical creates with one key through two replicas create one task and return 50 equal responses', async () => {
  for (let round = 0; round < 3; round++) {
    const user_id = newUser()
    const input = { title: 'Milk', description: 'two', idempotency_key: `key-${round}` }
    const [first, ...rest] = await Promise.all(callers(user_id, 50).map(({ task }) => task.create(input)))
    expect(rest).toHaveLength(49)
    for (const response of rest) expect(response).toStrictEqual(first)
    expect((await api.caller(user_id).task.list({})).items).toStrictEqual([first])
    expect(await wholeLog(api.caller(user_id))).toHaveLength(1)
  }
})

test('two writers that send the version they read as if_version never lose an update', async () => {
  const user_id = newUser()
  const { id: task_id } = await api.caller(user_id).task.create({ title: 'counter', description: '0' })
  const write = async ({ task }: Caller) => {
    for (let written = 0; written < 60;) {
      const { version, description } = await task.get({ task_id })
      const next = String(Number(description) + 1)
      const accepted = await settled(
        task.update({ task_id, description: next, if_version: version }),
        'version_mismatch',
      )
      if (accepted !== null) written++
    }
  }
  await Promise.all(callers(user_id, 2).map(write))
  expect(await api.caller(user_id).task.get({ task_id })).toMatchObject({ description: '120', version: 121 })
})

test('only one of 30 concurrent writers with the same if_version succeeds; the others get the task as it left it', async () => {
  const user_id = newUser()
  const { id: task_id } = await api.caller(user_id).task.create({ title: 'Milk' })
  const outcomes = await Promise.allSettled(
    callers(user_id, 30).map(({ task }, n) => task.update({ task_id, title: `writer ${n}`, if_version: 1 })),
  )
  const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  expect(winners).toHaveLength(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue
    expect(outcome.reason).toMatchObject({ reason: 'version_mismatch', details: { current: winners[0] } })
  }
})

test('a delete among concurrent writes returns the task as it was at the moment of deletion', async () => {
  for (let round = 0; round < 10; round++) {
    const user_id = newUser()
    const { id: task_id } = await api.caller(user_id).task.create({ title: 'Milk' })
    const responses = await Promise.all(
      callers(user_id, 20).map(({ task }, n) =>
        settled(n === 9 || n === 10 ? task.delete({ task_id }) : task.toggle({ task_id }), 'task_not_found'),
      ),
    )
    const deletions = [responses[9], responses[10]].filter((response) => response !== null)
    const log = await wholeLog(api.caller(user_id))
    expect(deletions).toStrictEqual([log.at(-1)?.before])
    expect(log.at(-1)).toMatchObject({ kind: 'deleted' })
    expect(brokenLinks(log)).toEqual([])
  }
})

test('concurrent writes of every kind on a few tasks cause no unexpected error and leave a consistent log', async () => {
  const user_id = newUser()
  const ids = await Promise.all(
    upTo(4).map((n) =>
      api
        .caller(user_id)
        .task.create({ title: `task ${n}` })
        .then(({ id }) => id),
    ),
  )
  await Promise.all(
    callers(user_id, 12).map(async ({ task, change }, writer) => {
      for (let n = 0; n < 20; n++) {
        const task_id = ids[(writer + n) % 4] ?? 0
        const key = { idempotency_key: `${writer % 6}-${n}` }
        const seq = 1 + ((writer * 31 + n * 7) % 40)
        const losers = ['task_not_found', 'undo_conflict', 'change_not_found', 'idempotency_key_reused']
        const calls = [
          () => task.toggle({ task_id, ...key }),
          () => task.update({ task_id, title: `by ${writer}` }),
          () => task.delete({ task_id }),
          () => change.undo({ seq }),
          () => task.create({ title: `more ${n}`, ...key }),
        ]
        await settled<unknown>(calls[n % calls.length]?.() ?? Promise.resolve(), ...losers)
      }
    }),
  )
  const log = await wholeLog(api.caller(user_id))
  expect(brokenLinks(log)).toEqual([])
  const left = new Map(log.map(({ task_id, after }) => [task_id, after]))
  const live = [...left.values()].filter((task) => task !== null).toSorted((a, b) => b.id - a.id)
  const { items } = await api.caller(user_id).task.list({ limit: 200 })
  expect(items.toSorted((a, b) => b.id - a.id)).toStrictEqual(live)
})

test('a bulk UPDATE in SQL that locks its rows first does not interfere with concurrent API writes', async () => {
  const user_id = newUser()
  const ids = await Promise.all(
    upTo(10).map((n) =>
      api
        .caller(user_id)
        .task.create({ title: `task ${n}` })
        .then(({ id }) => id),
    ),
  )
  const { db } = api.services
  const byHand = async () => {
    for (let n = 0; n < 10; n++) {
      await db.$transaction([
        db.$queryRaw`SELECT FROM taskwire.task WHERE user_id = ${user_id} ORDER BY id FOR UPDATE`,
        db.$executeRaw`UPDATE taskwire.task SET completed = NOT completed WHERE user_id = ${user_id}`,
      ])
    }
  }
  const writers = callers(user_id, 4).map(async ({ task }, writer) => {
    for (let n = 0; n < 30; n++) await task.toggle({ task_id: ids[(n + writer) % 10] ?? 0 })
  })
  await Promise.all([byHand(), ...writers])
  const log = await wholeLog(api.caller(user_id))
  expect(brokenLinks(log)).toEqual([])
  expect(log).toHaveLength(10 + 10 * 10 + 4 * 30)
})

test('a write that a deadlock rolled back fails with overloaded, and a retry succeeds', async () => {
  const user_id = newUser()
  const { task } = api.caller(user_id)
  const { id: task_id } = await task.create({ title: 'Milk' })
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  const client = await api.database.pool.connect()
  await client.query('BEGIN')
  await client.query(`SELECT FROM taskwire.change_counter WHERE user_id = $1 FOR UPDATE`, [user_id])
  const outcome = task.toggle({ task_id, idempotency_key: 'key' }).catch((error: unknown) => error)
  await expect.poll(async () => (await api.database.pool.query(waiting)).rowCount).toBe(1)
  await client.query(`UPDATE taskwire.task SET completed = true WHERE user_id = $1`, [user_id])
  await client.query('COMMIT')
  client.release()
  expect(await outcome).toMatchObject({ reason: 'overloaded', status: 503, details: { retry_after: 1 } })
  expect(await task.toggle({ task_id, idempotency_key: 'key' })).toMatchObject({ completed: false, version: 3 })
})
