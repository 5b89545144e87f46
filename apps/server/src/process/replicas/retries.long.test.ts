import { brokenLinks, newUser } from '@taskwire/api/testing'
import { trialsOfRun } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tasksOf, type TestResponse } from '../../../testing/server.ts'
import { callerAt, logOf, persistent } from '../../../testing/replicas/caller.ts'
import { each, pick } from '../../../testing/replicas/chance.ts'
import { deployed, type Deployment } from '../../../testing/replicas/deployment.ts'
import { REPLICA_HEADER, type Fate } from '../../../testing/replicas/round_robin.ts'

let replicas: Deployment
beforeAll(async () => {
  replicas = await deployed()
})
afterAll(async () => {
  expect(await replicas.close()).toEqual([0, 0])
  expect(replicas.errors()).toEqual([])
})

test('fifty concurrent identical creates with one key through two replicas create one task and get equal responses', async () => {
  const user = newUser()
  const send = persistent(await callerAt(replicas.url, user))
  for (let round = 0; round < 10; round++) {
    const create = () =>
      send('POST', tasksOf(user), { headers: { 'idempotency-key': `key-${round}` }, body: { title: `task ${round}` } })
    const responses = await Promise.all(Array.from({ length: 50 }, create))
    const [first] = responses
    expect(first?.status).toBe(201)
    expect(first?.json).toMatchObject({ title: `task ${round}`, version: 1 })
    expect(responses.map(comparable)).toEqual(Array(50).fill(first && comparable(first)))
    expect(new Set(responses.map(({ headers }) => headers[REPLICA_HEADER]))).toEqual(new Set(['0', '1']))
    expect((await send('GET', tasksOf(user))).json).toHaveLength(round + 1)
  }
  expect(brokenLinks(await logOf(send, user))).toEqual([])
})

function comparable({ status, headers, text }: TestResponse) {
  return [status, headers['etag'], text]
}

const KEYS = trialsOfRun(2000)

/** One request in three is disturbed, mostly without the server noticing. */
function badLine(): Fate {
  const chance = pick(100)
  if (chance < 20) return 'response lost'
  if (chance < 25) return 'request lost'
  return chance < 33 ? { cutAfter: 0 } : 'delivered'
}

test(`${KEYS} keyed creates over a line that loses requests and responses each create exactly one task`, async () => {
  const user = newUser()
  const line = await callerAt(await replicas.line(badLine), user)
  const made: unknown[] = []
  let repeats = 0
  await each(KEYS, 24, async (n) => {
    const sent = { headers: { 'idempotency-key': `key-${n}` }, body: { title: `task ${n}` } }
    const create = () => persistent(line, () => repeats++)('POST', tasksOf(user), sent)
    // Some are retried while the first attempt is still running, as after a timeout.
    const responses = await Promise.all(n % 10 === 0 ? [create(), create()] : [create()])
    for (const response of responses) {
      expect(response.status).toBe(201)
      expect(response.json).toEqual(responses[0]?.json)
    }
    made[n] = responses[0]?.json
  })
  expect(repeats).toBeGreaterThan(KEYS / 10)
  const send = persistent(await callerAt(replicas.url, user))
  const { json: tasks } = await send('GET', `${tasksOf(user)}?sort=created&order=asc`)
  const byNumber = (a: { title: string }, b: { title: string }) => Number(a.title.slice(5)) - Number(b.title.slice(5))
  expect(tasks.toSorted(byNumber)).toEqual(made)
  const log = await logOf(send, user)
  expect(log).toHaveLength(KEYS)
  expect(brokenLinks(log)).toEqual([])
})
