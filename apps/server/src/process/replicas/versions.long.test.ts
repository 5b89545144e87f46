import { brokenLinks, newUser } from '@taskwire/api/testing'
import { trialsOfRun } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tasksOf } from '../../../testing/server.ts'
import { callerAt, logOf, persistent } from '../../../testing/replicas/caller.ts'
import { each, pick } from '../../../testing/replicas/chance.ts'
import { deployed, type Deployment } from '../../../testing/replicas/deployment.ts'
import type { Fate } from '../../../testing/replicas/round_robin.ts'

let replicas: Deployment
beforeAll(async () => {
  replicas = await deployed()
})
afterAll(async () => {
  expect(await replicas.close()).toEqual([0, 0])
  expect(replicas.errors()).toEqual([])
})

const badLine = (): Fate => (pick(10) === 0 ? 'response lost' : 'delivered')

const TOGGLES = trialsOfRun(2000)

test(`${TOGGLES} toggles of one task through two replicas each count once although responses are lost`, async () => {
  const user = newUser()
  const send = persistent(await callerAt(replicas.url, user))
  const { id } = (await send('POST', tasksOf(user), { body: { title: 'flip' } })).json
  const line = persistent(await callerAt(await replicas.line(badLine), user))
  const versions: number[] = []
  await each(TOGGLES, 16, async (n) => {
    const headers = { 'idempotency-key': `flip-${n}` }
    const { status, json } = await line('PATCH', tasksOf(user, id, '/complete'), { headers })
    expect(status).toBe(200)
    versions.push(json.version)
  })
  expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: TOGGLES }, (_, n) => n + 2))
  expect((await send('GET', tasksOf(user, id))).json).toMatchObject({
    version: TOGGLES + 1,
    completed: TOGGLES % 2 === 1,
  })
  expect(brokenLinks(await logOf(send, user))).toEqual([])
})

/** Of each of the two writers. */
const ADDITIONS = Math.ceil(trialsOfRun(2000) / 2)

test('two writers on two replicas with If-Match lose no update although responses are lost', async () => {
  const user = newUser()
  const send = persistent(await callerAt(replicas.url, user))
  const { id } = (await send('POST', tasksOf(user), { body: { title: 'sum', description: '0' } })).json
  const path = tasksOf(user, id)
  let conflicts = 0

  async function writer(name: string): Promise<void> {
    const line = persistent(await callerAt(await replicas.line(badLine), user))
    let { json: task } = await line('GET', path)
    for (let added = 0, tries = 0; added < ADDITIONS; tries++) {
      // Each attempt has its own key: another sum is another request.
      const headers = { 'if-match': `"${task.version}"`, 'idempotency-key': `${name}-${tries}` }
      const body = { title: `${name} ${tries}`, description: String(Number(task.description) + 1) }
      const response = await line('PATCH', path, { headers, body })
      expect(response.status).toBeOneOf([200, 412])
      if (response.status === 200) {
        expect(response.json).toMatchObject({ ...body, version: task.version + 1 })
        task = response.json
        added++
      } else {
        conflicts++
        expect(response.json.current.version).toBeGreaterThan(task.version)
        task = response.json.current
      }
    }
  }

  await Promise.all([writer('one'), writer('two')])
  expect(conflicts).toBeGreaterThan(0)
  const { json } = await send('GET', path)
  expect(json).toMatchObject({ description: String(2 * ADDITIONS), version: 2 * ADDITIONS + 1 })
  expect(brokenLinks(await logOf(send, user))).toEqual([])
})
