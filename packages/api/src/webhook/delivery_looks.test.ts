import type { Sql } from '@taskwire/db'
import { expect, onTestFinished, test } from 'vitest'
import type { Services } from '../core/services.ts'
import { webhookDeliveries, type DeliveryOptions } from './delivery_loop.ts'

interface Claimed {
  readonly limit: unknown
  readonly perUser: unknown
  readonly served: unknown
}

/** A loop on a database that hands out webhooks, whose turns last until they are ended. */
function deliveries(options: DeliveryOptions = {}) {
  const state = {
    due: [] as string[][],
    claims: [] as Claimed[],
    released: [] as unknown[],
    logged: [] as string[],
    claimsFail: false,
    turnsFail: false,
    claiming: Promise.resolve(),
    renewals: 0,
    renewing: Promise.resolve(),
    turns: [] as (() => void)[],
  }
  let ids = 0
  const sql = (async ({ text, values }: { text: string; values: readonly unknown[] }) => {
    if (text.includes('WITH due AS')) {
      state.claims.push({ limit: values[2], perUser: values[5], served: [values[3], values[4]] })
      await state.claiming
      if (state.claimsFail) throw new Error('the database does not answer')
      const users = state.due.shift() ?? []
      return users.map((user_id) => ({ user_id, id: ++ids, enabled: true, events: ['reminder'], lease: 'a' }))
    }
    if (text.includes('AS held')) {
      state.renewals++
      await state.renewing
      return []
    }
    if (text.includes('lease = NULL')) return void state.released.push(values[1])
    if (!text.includes('AND queued')) return []
    if (state.turnsFail) throw new Error('the database does not answer')
    await new Promise<void>((resolve) => void state.turns.push(resolve))
    return []
  }) as unknown as Sql
  const note = (_: object, message: string) => void state.logged.push(message)
  const services = { db: {} as Services['db'], sql, log: { warn: note, error: note } }
  const loop = webhookDeliveries(services, { pollMs: 3_600_000, ...options })
  const endTurns = () => {
    for (const end of state.turns.splice(0)) end()
  }
  onTestFinished(async () => {
    const stopped = loop.stop()
    endTurns()
    await stopped
  })
  return { state, loop, endTurns }
}

// The first of the file: no other one's timers end meanwhile.
test('a stop leaves no timer behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const { state, loop } = deliveries({ stopMs: 300_000 })
  loop.start()
  await expect.poll(() => state.claims.length).toBe(1)
  // One of them is that of the next look.
  const before = timers()
  await loop.stop()
  expect(timers()).toBeLessThan(before)
})

test('the first half of the places is for anybody, of the second a user gets two', async () => {
  const { state, loop } = deliveries({ concurrency: 8 })
  state.due.push(['ann', 'ann', 'ann', 'bob'], ['eve'])
  loop.start()
  // As many were found as there was room for: others may have their turn in the second half.
  await expect.poll(() => state.claims.length).toBe(2)
  await expect.poll(() => state.turns.length).toBe(5)
  expect(state.claims).toEqual([
    { limit: 4, perUser: 10, served: [[], []] },
    {
      limit: 4,
      perUser: 2,
      served: [
        ['ann', 'bob'],
        [3, 1],
      ],
    },
  ])
})

test('where all places are taken nothing is looked for, and as soon as one is free again it is', async () => {
  const { state, loop, endTurns } = deliveries({ concurrency: 2 })
  state.due.push(['ann'], ['bob'])
  loop.start()
  await expect.poll(() => state.turns.length).toBe(2)
  await loop.deliverDue()
  expect(state.claims).toHaveLength(2)
  endTurns()
  await expect.poll(() => state.claims.length).toBeGreaterThan(2)
  expect(state.released).toEqual([1, 2])
})

test('a webhook that cannot be served is logged, and takes no place', async () => {
  const { state, loop } = deliveries({ concurrency: 2 })
  state.turnsFail = true
  state.due.push(['ann'])
  await loop.deliverDue()
  expect(state.logged).toEqual(['a webhook could not be served'])
  expect(state.claims.at(-1)).toEqual({ limit: 1, perUser: 10, served: [[], []] })
})

test('a database that does not answer is logged once, until it has answered', async () => {
  const { state, loop } = deliveries({ pollMs: 1 })
  state.claimsFail = true
  loop.start()
  await expect.poll(() => state.claims.length).toBeGreaterThan(3)
  expect(state.logged).toEqual(['webhooks could not be looked for'])
  state.claimsFail = false
  const looks = state.claims.length
  await expect.poll(() => state.claims.length).toBeGreaterThan(looks + 1)
  state.claimsFail = true
  await expect.poll(() => state.logged.length).toBe(2)
})

test('a stop waits for the look that is running and for the turns, and nothing is looked for after it', async () => {
  const { state, loop, endTurns } = deliveries({ pollMs: 1 })
  const claiming = Promise.withResolvers<void>()
  state.claiming = claiming.promise
  state.due.push(['ann'])
  loop.start()
  await expect.poll(() => state.claims.length).toBe(1)
  let isStopped = false
  const stopped = loop.stop().then(() => (isStopped = true))
  await new Promise((resolve) => void setImmediate(resolve))
  expect(isStopped).toBe(false)
  claiming.resolve()
  // What it has claimed meanwhile is given back without a turn.
  await stopped
  expect([state.released, state.turns]).toEqual([[1], []])
  loop.start()
  await loop.deliverDue()
  expect(state.claims).toHaveLength(1)
  endTurns()
})

test('a stop waits for the leases that are being renewed', async () => {
  const { state, loop, endTurns } = deliveries({ leaseMs: 4 })
  const renewing = Promise.withResolvers<void>()
  state.renewing = renewing.promise
  state.due = [['ada']]
  loop.start()
  await expect.poll(() => state.renewals).toBe(1)
  let isStopped = false
  const stopped = loop.stop().then(() => (isStopped = true))
  endTurns()
  await expect.poll(() => state.released).toHaveLength(1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(isStopped).toBe(false)
  renewing.resolve()
  await stopped
  expect(state.renewals).toBe(1)
})

test('a stop waits for the turns that it does not interrupt', async () => {
  const { state, loop, endTurns } = deliveries({ stopMs: 1 })
  state.due.push(['ann'])
  loop.start()
  await expect.poll(() => state.turns.length).toBe(1)
  let isStopped = false
  const stopped = loop.stop().then(() => (isStopped = true))
  await new Promise((resolve) => void setTimeout(resolve, 10))
  expect(isStopped).toBe(false)
  endTurns()
  await stopped
  expect(state.released).toEqual([1])
})
