import { seededRandom, seedOfRun, trialsOfRun } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fuzzedRequest, type Person } from '../../testing/matrix/fuzz_requests.ts'
import { httpClient, type HttpReply } from '../../testing/matrix/http.ts'
import { wrongWith } from '../../testing/matrix/wrong_answers.ts'
import { allRoutes, bearer } from '../../testing/matrix/transports.ts'
import { CANARY, openWorld, prepared, tokenOf, type World } from '../../testing/matrix/world.ts'
import { each } from '../../testing/replicas/chance.ts'

// TRIALS=1000000 for the long run, SEED=... to see one again.
const REQUESTS = trialsOfRun(20_000)
const CONCURRENT = 8
/** So many requests are sent by the same people: their lists stay short. */
const GENERATION = 2000

const routes = allRoutes()

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

function generations(): (n: number) => Promise<readonly Person[]> {
  const made = new Map<number, Promise<Person[]>>()
  const people = (generation: number) =>
    Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        const user = `person-${generation}-${index}`
        const [own, token] = [await prepared(world.send, user), await tokenOf(user)]
        return { user, token, own, foreign: world.victim }
      }),
    )
  return (n) => {
    const generation = Math.floor(n / GENERATION)
    const known = made.get(generation) ?? people(generation)
    made.set(generation, known)
    return known
  }
}

/** Paths that are no route any more, because the user's name in them is none. */
function isNoRoute({ text }: HttpReply): boolean {
  return /"code":"(not_found|method_not_allowed)"/.test(text)
}

test(`${REQUESTS} fuzzed requests over all transports: no 5xx, nothing undocumented, nothing of another user`, async () => {
  const seed = seedOfRun()
  const peopleAt = generations()
  const failures: string[] = []
  const statuses = new Map<number, number>()
  const victim = httpClient(world.url, () => {})
  let isOver = false

  async function send(n: number): Promise<void> {
    const random = seededRandom(seed, 'request', n)
    const { request, documentedAs } = fuzzedRequest(routes, random.pick(await peopleAt(n)), random)
    if (n % 50 === 0) await writeAsVictim(n)
    const reply = await answered(request)
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1)
    const undocumented =
      documentedAs === undefined || isNoRoute(reply)
        ? undefined
        : world.documented.problem(documentedAs.method, documentedAs.path, reply)
    const wrong = wrongWith(reply) ?? undocumented
    if (wrong !== undefined)
      failures.push(`SEED=${seed} n=${n}: ${wrong}: ${shown(request)} -> ${reply.status} ${reply.text.slice(0, 400)}`)
  }

  /** On a busy machine the server may refuse a request for the moment, and says so. */
  async function answered(request: Parameters<typeof world.send>[0]): Promise<HttpReply> {
    for (let repeats = 0; ; repeats++) {
      const reply = await world.send(request)
      const isRefused = reply.status === 503 && /"code":"(overloaded|database_unavailable)"/.test(reply.text)
      if (!isRefused || repeats === 5) return reply
    }
  }

  async function writeAsVictim(n: number): Promise<void> {
    const headers = { ...bearer(world.victim.token), 'content-type': 'application/json' }
    const body = JSON.stringify({ title: `${CANARY}-${n}`, description: CANARY })
    const { status } = await victim({ method: 'POST', path: '/api/victim/tasks', headers, body })
    expect(status).toBe(201)
  }

  /** Reads along on another user's events: whatever is wrong with them is exposed by `world.send`. */
  async function listen(): Promise<void> {
    const headers = { ...bearer(await tokenOf('person-0-0')), accept: 'text/event-stream' }
    while (!isOver) await world.send({ method: 'GET', path: '/api/person-0-0/events', headers, until: /a\bb/ })
  }

  const listening = listen()
  await each(REQUESTS, CONCURRENT, send)
  isOver = true
  await listening
  console.info(`SEED=${seed}: ${REQUESTS} requests, answers by status ${JSON.stringify(Object.fromEntries(statuses))}`)
  expect(failures.slice(0, 10)).toEqual([])
  expect(world.exposed()).toEqual([])
  // Errors alone would prove little.
  const done = [...statuses].filter(([status]) => status < 400).reduce((sum, [, count]) => sum + count, 0)
  expect(done).toBeGreaterThan(REQUESTS / 5)
}, 86_400_000)

function shown({ body, ...request }: object & { body?: string | Buffer }): string {
  return JSON.stringify({ ...request, body: body?.toString().slice(0, 600) })
}
