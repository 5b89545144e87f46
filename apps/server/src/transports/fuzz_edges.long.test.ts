import { seededRandom, seedOfRun, trialsOfRun } from '@taskwire/faults'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { betterAuthOn } from '../auth/better_auth.ts'
import { exchange, framedRequests } from '../../testing/matrix/framed_requests.ts'
import { hostile } from '../../testing/matrix/fuzz_values.ts'
import type { HttpRequest } from '../../testing/matrix/http.ts'
import { signInRequest, signInRoutes, type SignInRoute } from '../../testing/matrix/sign_in_requests.ts'
import { bearer } from '../../testing/matrix/transports.ts'
import { openWorld, tokenOf, type World } from '../../testing/matrix/world.ts'
import { wrongWith } from '../../testing/matrix/wrong_answers.ts'
import { each } from '../../testing/replicas/chance.ts'

// What the fuzzer of the operations does not reach. TRIALS sets the size of each test, SEED repeats one.
const REQUESTS = trialsOfRun(2000)
const CONCURRENT = 8

let world: World
let routes: SignInRoute[]
beforeAll(async () => {
  world = await openWorld({ RATE_LIMIT_AUTH: '1000000' })
  const log = { error: () => {}, warn: () => {} }
  const options = { url: 'http://127.0.0.1:8000', secret: 'x'.repeat(32), trustedOrigins: [], log }
  routes = signInRoutes(betterAuthOn({ db: world.server.database.db, ...options }).api)
})
afterAll(() => world.close())

/** Every status line among the received bytes, with the head that it begins. */
function answersIn(bytes: string): { status: number; head: string }[] {
  return [...bytes.matchAll(/HTTP\/1\.1 (\d{3}) [^\r]*\r\n(?:[^\r]+\r\n)*\r\n/g)].map(([head, status]) => ({
    status: Number(status),
    head: head.toLowerCase(),
  }))
}

function wrongWithRaw({ status, head }: { status: number; head: string }): string | undefined {
  if (status < 200) return undefined
  if (status >= 500 && !(status === 503 && head.includes('\nretry-after:'))) return `a ${status}`
  return head.includes('\nx-request-id:') ? undefined : 'no request id'
}

async function expectHealthy(): Promise<void> {
  expect(await world.send({ method: 'GET', path: '/health/ready' })).toMatchObject({ status: 200 })
  expect(world.exposed()).toEqual([])
}

function report(seed: number, what: string, statuses: readonly number[]): void {
  const counts = [...Map.groupBy(statuses, String)].map(([status, all]) => [status, all.length] as const)
  console.info(`SEED=${seed}: ${REQUESTS} ${what}, answers by status ${JSON.stringify(Object.fromEntries(counts))}`)
}

/** Sends these requests; returns those whose answer is wrong. */
async function sendAll(what: string, requestFor: (n: number, seed: number) => HttpRequest): Promise<string[]> {
  const seed = seedOfRun()
  const failures: string[] = []
  const statuses: number[] = []
  await each(REQUESTS, CONCURRENT, async (n) => {
    const request = requestFor(n, seed)
    const reply = await world.send(request)
    statuses.push(reply.status)
    const wrong = wrongWith(reply)
    if (wrong !== undefined)
      failures.push(`SEED=${seed} n=${n}: ${wrong}: ${shown(request)} -> ${reply.status} ${reply.text.slice(0, 300)}`)
  })
  report(seed, what, statuses)
  return failures
}

function shown({ body, ...request }: HttpRequest): string {
  return JSON.stringify({ ...request, body: body?.toString('latin1').slice(0, 500) })
}

test(`${REQUESTS} fuzzed requests of sign-in: none has a 5xx`, async () => {
  expect(routes.length).toBeGreaterThan(35)
  const sessions = [(await world.server.newUser()).session, (await world.server.newUser()).session, 'x']
  const failures = await sendAll('requests of sign-in', (n, seed) =>
    signInRequest(routes, sessions, seededRandom(seed, 'sign-in', n)),
  )
  expect(failures.slice(0, 10)).toEqual([])
  await expectHealthy()
})

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const
const TYPES = [
  'application/json',
  'text/plain',
  'text/csv',
  'application/octet-stream',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'text/calendar',
  'nonsense',
  '',
]
const BODIES = ['a,b\n1,2\n', '{"tasks":[]}', '<a/>', 'BEGIN:VCALENDAR', 'x 2026-11-21 milk', '--x\r\n\r\n', '']

test(`${REQUESTS} requests with any body to any documented path: none has a 5xx`, async () => {
  const paths = Object.keys((await world.server.app.inject('/openapi.json')).json<{ paths: object }>().paths)
  const headers = bearer(await tokenOf('stranger'))
  const failures = await sendAll('requests with any body', (n, seed) => {
    const random = seededRandom(seed, 'body', n)
    const value = () => encodeURIComponent(random.pick(['1', 'x', '999999', 'stranger', '%']))
    const path = random
      .pick(paths)
      .replace('{user_id}', 'stranger')
      .replaceAll(/\{\w+\}/g, value)
    const query = random.pick(['', '', '?dry_run=true', '?source=csv', '?format=json', '?limit=1', '?since=0'])
    const method = random.pick(METHODS)
    const type = random.pick(TYPES)
    const given = random.int(3) === 0 ? JSON.stringify(hostile(random)) : random.pick(BODIES)
    const bytes =
      random.int(4) === 0 ? Buffer.from(Array.from({ length: random.int(300) }, () => random.int(256))) : given
    const sent = method === 'GET' || method === 'HEAD' ? {} : { body: bytes }
    return { method, path: path + query, headers: { ...headers, 'content-type': type }, until: /a\bb/, ...sent }
  })
  expect(failures.slice(0, 10)).toEqual([])
  await expectHealthy()
})

test(`${REQUESTS} connections with faulty framing: no 5xx, and nothing but HTTP comes back`, async () => {
  const seed = seedOfRun()
  const [port, token] = [Number(new URL(world.url).port), await tokenOf('framed')]
  const failures: string[] = []
  const statuses: number[] = []
  await each(REQUESTS, CONCURRENT, async (n) => {
    const pieces = framedRequests(token, seededRandom(seed, 'framing', n))
    const received = await exchange(port, pieces)
    const answers = answersIn(received)
    statuses.push(...answers.map(({ status }) => status))
    const wrong =
      answers.map(wrongWithRaw).find((problem) => problem !== undefined) ??
      (received === '' || received.startsWith('HTTP/1.1 ') ? undefined : 'no HTTP')
    if (wrong !== undefined)
      failures.push(
        `SEED=${seed} n=${n}: ${wrong}: ${JSON.stringify(pieces).slice(0, 600)} -> ${received.slice(0, 600)}`,
      )
  })
  report(seed, 'connections', statuses)
  expect(failures.slice(0, 10)).toEqual([])
  // Some were good enough to be executed.
  expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(REQUESTS / 20)
  await expectHealthy()
})
