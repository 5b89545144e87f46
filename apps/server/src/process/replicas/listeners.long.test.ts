import { brokenLinks, newUser } from '@taskwire/api/testing'
import { trialsOfRun } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tasksOf } from '../../../testing/server.ts'
import { callerAt, logOf, persistent } from '../../../testing/replicas/caller.ts'
import { each, pick } from '../../../testing/replicas/chance.ts'
import { apply, copyOf, type Copy } from '../../../testing/replicas/copy.ts'
import { deployed, type Deployment } from '../../../testing/replicas/deployment.ts'
import { eventsAt } from '../../../testing/replicas/events.ts'
import type { Fate } from '../../../testing/replicas/round_robin.ts'

let replicas: Deployment
beforeAll(async () => {
  replicas = await deployed()
})
afterAll(async () => {
  expect(await replicas.close()).toEqual([0, 0])
  expect(replicas.errors()).toEqual([])
})

const CHANGES = trialsOfRun(2000)
const LISTENERS = 10
const WRITERS = 8

test(`ten listeners that lose their connections and resume on either replica each rebuild the table from ${CHANGES} changes`, async () => {
  const user = newUser()
  const cutLine = await replicas.line(() => ({ cutAfter: pick(200) }))
  const badLine = (): Fate => (pick(20) === 0 ? 'response lost' : 'delivered')
  const line = persistent(await callerAt(await replicas.line(badLine), user))
  let connections = 0

  async function listener(): Promise<Copy> {
    const copy: Copy = new Map()
    for (let last = 0; last < CHANGES; connections++) {
      for await (const { id, change } of eventsAt(cutLine, user, last)) {
        expect([id, change.seq]).toEqual([last + 1, last + 1])
        last = id
        apply(copy, change)
        if (last === CHANGES) break
      }
    }
    return copy
  }

  const ids: number[] = []
  async function write(n: number): Promise<void> {
    for (let tries = 0; ; tries++) {
      const headers = { 'idempotency-key': `${n}-${tries}` }
      const kind = pick(10)
      if (kind < 3 || ids.length < WRITERS) {
        ids.push((await line('POST', tasksOf(user), { headers, body: { title: `task ${n}` } })).json.id)
        return
      }
      const index = pick(ids.length)
      const task_id = ids[index]
      if (kind === 9) ids.splice(index, 1)
      const response =
        kind < 6
          ? await line('PATCH', tasksOf(user, task_id, '/complete'), { headers })
          : kind < 9
            ? await line('PUT', tasksOf(user, task_id), { headers, body: { title: `renamed ${n}`, description: 'x' } })
            : await line('DELETE', tasksOf(user, task_id), { headers })
      // Another writer may have deleted the task: then this write changed nothing.
      if (response.status !== 404) return
    }
  }

  const listening = Promise.all(Array.from({ length: LISTENERS }, listener))
  const [copies] = await Promise.all([listening, each(CHANGES, WRITERS, write)])

  const send = persistent(await callerAt(replicas.url, user))
  const { json: tasks } = await send('GET', `${tasksOf(user)}?sort=created&order=asc`)
  for (const copy of copies) expect(copy).toEqual(copyOf(tasks))
  const log = await logOf(send, user)
  expect(log).toHaveLength(CHANGES)
  expect(brokenLinks(log)).toEqual([])
  expect(connections).toBeGreaterThan(LISTENERS)
})

test('a listener receives a change from the other replica within a second', async () => {
  const user = newUser()
  const [near, far] = replicas.servers
  const send = persistent(await callerAt(far.url, user))
  await send('POST', tasksOf(user), { body: { title: 'first' } })
  const delays: number[] = []
  let answered = 0
  for await (const { change } of eventsAt(near.url, user)) {
    if (change.seq > 1) delays.push(performance.now() - answered)
    if (delays.length === 20) break
    // Each write waits for the event of the one before it.
    await send('POST', tasksOf(user), { body: { title: `after ${change.seq}` } })
    answered = performance.now()
  }
  expect(delays).toHaveLength(20)
  // The median, because a machine that is busy with other tests may be slow once.
  expect(delays.toSorted((a, b) => a - b)[10]).toBeLessThan(1000)
})
