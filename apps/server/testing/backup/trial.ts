import { until } from '@taskwire/faults'
import { expect } from 'vitest'
import { PASSWORD, request, type Person } from './person.ts'

/** A task that was created, by a request with this key, and when its answer was there. */
interface Acknowledged {
  readonly key: string
  readonly title: string
  readonly id: number
  readonly at: number
}

/** How many tasks every second writer creates at once: one by one, a busy machine takes too few. */
const BATCH = 100

export interface Writers {
  /** How many tasks were acknowledged so far. */
  count(): number
  /** Resolves to what was answered. */
  stop(): Promise<Acknowledged[]>
}

/** Creates tasks from several connections until it is stopped. Resolves once some were answered, so that a backup has them. */
export async function startWriters(url: string, { id, key }: Person, count: number): Promise<Writers> {
  let writing = true
  const answered: Acknowledged[] = []
  const writers = Array.from({ length: count }, async (_, writer) => {
    const at = `${url}/api/${id}`
    for (let n = 0; writing; n++) {
      const name = `writer-${writer}-task-${n}`
      const options = { token: key, key: name, method: 'POST' }
      const tasks = writer % 2 === 1 ? await createBatch(at, name, options) : await createOne(at, name, options)
      answered.push(...tasks.map((task) => ({ key: name, ...task, at: Date.now() })))
    }
  })
  // A failure is reported by stop().
  for (const one of writers) one.catch(() => {})
  await Promise.race([until('tasks are written', () => answered.some(({ key, title }) => key === title)), ...writers])
  return {
    count: () => answered.length,
    async stop() {
      writing = false
      await Promise.all(writers)
      return answered
    },
  }
}

type Options = Parameters<typeof request>[1]

interface Created {
  readonly id: number
  readonly title: string
}

async function createOne(at: string, title: string, options: Options): Promise<Created[]> {
  const { status, json } = await request(`${at}/tasks`, { ...options, body: { title } })
  expect(status).toBe(201)
  return [{ id: json.id, title }]
}

async function createBatch(at: string, name: string, options: Options): Promise<Created[]> {
  const operations = Array.from({ length: BATCH }, (_, index) => ({ do: 'create', title: `${name}-${index}` }))
  const { status, json } = await request(`${at}/batch`, { ...options, body: { operations } })
  expect(status).toBe(200)
  return json.results.map(({ task }: { task: Created }) => ({ id: task.id, title: task.title }))
}

/** The time of which a backup says that it contains every write that was answered before it. */
export function statedTime(stdout: string): number {
  const time = /contains every write that was answered before (\S+)/.exec(stdout)?.[1]
  return Date.parse(time ?? '')
}

/** Asserts that a restored server has everything of the person and every write that was answered before this time. */
export async function assertRestored(url: string, person: Person, before: { time: number; writes: Acknowledged[] }) {
  const token = person.key
  const at = `${url}/api/${person.id}`
  const { json: tasks }: { json: { id: number; title: string }[] } = await request(`${at}/tasks`, { token })
  const titles = new Map(tasks.map(({ id, title }) => [id, title]))
  const due = before.writes.filter((write) => write.at < before.time)
  expect(due.length).toBeGreaterThan(0)
  expect(due.filter(({ id, title }) => titles.get(id) !== title)).toEqual([])
  await assertWholeLog(at, token)
  await assertAccess(url, person)
  const repeated = due.find(({ key, title }) => key === title)
  const again = { token, key: repeated?.key ?? '', method: 'POST', body: { title: repeated?.key } }
  expect(await request(`${at}/tasks`, again)).toMatchObject({ status: 201, json: { id: repeated?.id } })
}

async function assertWholeLog(at: string, token: string): Promise<void> {
  const seqs: number[] = []
  let page
  do {
    page = (await request(`${at}/changes?since=${seqs.length}&limit=200`, { token })).json
    for (const { seq } of page.changes) seqs.push(seq)
  } while (page.has_more)
  expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  const undone = await request(`${at}/changes/${seqs.length}/undo`, { token, method: 'POST' })
  expect(undone).toMatchObject({ status: 200, json: { seq: seqs.length + 1, undoes: seqs.length } })
}

async function assertAccess(url: string, { id, email, session, key }: Person): Promise<void> {
  const issued = await request(`${url}/api/auth/token`, { token: session })
  expect(issued).toMatchObject({ status: 200 })
  expect(await request(`${url}/auth/me`, { token: issued.json.token })).toMatchObject({ json: { id, email } })
  const body = { email, password: PASSWORD }
  expect(await request(`${url}/api/auth/sign-in/email`, { method: 'POST', body })).toMatchObject({ status: 200 })
  expect(await request(`${url}/api/${id}/settings`, { token: key })).toMatchObject({
    json: { time_zone: 'Asia/Tokyo' },
  })
  const { json: conversations } = await request(`${url}/api/${id}/conversations`, { token: key })
  const [{ id: conversation }] = conversations
  const messages = await request(`${url}/api/${id}/conversations/${conversation}/messages`, { token: key })
  expect(messages.json).toHaveLength(2)
}
