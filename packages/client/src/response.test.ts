import { expect, test } from 'vitest'
import { isTaskwireError, type TaskwireError } from './error.ts'
import { errorOfResponse, fetchStreamed, fetchWhole, type Fetch } from './response.ts'

const url = 'http://tasks.example/trpc'
const answering =
  (response: Response): Fetch =>
  () =>
    Promise.resolve(response)

async function failure(work: Promise<unknown>): Promise<TaskwireError> {
  const error: unknown = await work.catch((cause: unknown) => cause)
  if (isTaskwireError(error)) return error
  throw new Error('expected a failure', { cause: error })
}

/** A proxy's page. */
const page = (status: number, headers: Record<string, string> = {}) =>
  new Response('<html>', { status, headers: { 'content-type': 'text/html', ...headers } })

test.each([
  [429, 'rate_limited'],
  [502, 'unreachable'],
  [503, 'unreachable'],
  [504, 'unreachable'],
  [500, 'unexpected'],
  [404, 'unexpected'],
  [200, 'unexpected'],
])('a page with the status %i is %s', async (status, reason) => {
  expect((await failure(fetchWhole(answering(page(status)))(url))).reason).toBe(reason)
  expect((await errorOfResponse(page(status))).reason).toBe(reason)
})

test.each([
  ['0', 0],
  ['7', 7],
  ['Fri, 01 Jan 1999 00:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
])('Retry-After: %s is %s seconds', async (header, seconds) => {
  // Node reads a negative number as a date of its own choice.
  const { retryAfter } = await failure(fetchWhole(answering(page(503, { 'retry-after': header })))(url))
  if (header === '-5') expect(retryAfter ?? 0).toBe(0)
  else expect(retryAfter).toBe(seconds)
})

test('Retry-After as a date is the seconds until then', async () => {
  const header = new Date(Date.now() + 3_600_000).toUTCString()
  const { retryAfter = 0 } = await errorOfResponse(page(503, { 'retry-after': header }))
  expect(retryAfter).toBeGreaterThan(3_000)
  expect(retryAfter).toBeLessThanOrEqual(3_600)
})

test('an error in the form of REST keeps its code, its message and the id of its request', async () => {
  const rest = { code: 'overloaded', detail: 'Too busy', request_id: 'r-1' }
  const response = () => Response.json(rest, { status: 503, headers: { 'retry-after': '2' } })
  const expected = { reason: 'overloaded', message: 'Too busy', request_id: 'r-1', retryAfter: 2 }
  expect(await failure(fetchWhole(answering(response()))(url))).toMatchObject(expected)
  expect(await failure(fetchStreamed(answering(response()))(url))).toMatchObject(expected)
  expect(await errorOfResponse(response())).toMatchObject(expected)
})

test('an error in the form of tRPC keeps its shape, alone and of a whole batch', async () => {
  const data = { code: 'UNAUTHORIZED', httpStatus: 401, reason: 'token_expired' }
  const error = { message: 'Expired', code: -32001, data }
  expect(await errorOfResponse(Response.json({ error }, { status: 401 }))).toMatchObject({
    reason: 'token_expired',
    message: 'Expired',
  })
  for (const body of [{ error }, [{ error }]]) {
    const response = () => Response.json(body, { status: 401 })
    const whole = await fetchWhole(answering(response()))(url)
    expect([whole.ok, await whole.json()]).toEqual([false, body])
    const streamed = await fetchStreamed(answering(response()))(url)
    expect([streamed.ok, await streamed.json()]).toEqual([false, body])
  }
})

test('no answer, and one that ends in the middle, are unreachable', async () => {
  const cut = () =>
    new Response(
      new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new TypeError('terminated')) }),
      { status: 500 },
    )
  const cause = new TypeError('fetch failed')
  expect(await failure(fetchWhole(() => Promise.reject(cause))(url))).toMatchObject({ reason: 'unreachable', cause })
  expect((await failure(fetchWhole(answering(cut()))(url))).reason).toBe('unreachable')
  expect((await failure(fetchStreamed(answering(cut()))(url))).reason).toBe('unreachable')
  expect((await failure(errorOfResponse(cut()))).reason).toBe('unreachable')
})

/** A stream of one piece that goes on until it is cut or its reader leaves. */
function endless() {
  const source: { cut?: () => void; left?: unknown } = {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array([1]))
      source.cut = () => controller.error(new TypeError('terminated'))
    },
    cancel: (reason) => void (source.left = reason),
  })
  return { source, body }
}

test('a streamed answer arrives in pieces, and one that is cut is unreachable', async () => {
  const { source, body } = endless()
  const { ok, body: pieces } = await fetchStreamed(answering(new Response(body)))(url)
  const reader = pieces?.getReader()
  expect([ok, await reader?.read()]).toEqual([true, { done: false, value: new Uint8Array([1]) }])
  source.cut?.()
  await expect(reader?.read()).rejects.toMatchObject({ reason: 'unreachable' })
})

test('a streamed answer ends, and one whose reader leaves is cancelled', async () => {
  const { body: whole } = await fetchStreamed(answering(new Response('all')))(url)
  expect(await new Response(whole).text()).toBe('all')
  const { source, body } = endless()
  const { body: pieces } = await fetchStreamed(answering(new Response(body)))(url)
  await pieces?.cancel('left')
  expect(source.left).toBe('left')
})

test('the options of a request reach fetch', async () => {
  const { signal } = new AbortController()
  const given: unknown[] = []
  const fetch: Fetch = async (_url, init) => {
    given.push(init?.signal)
    return Response.json([])
  }
  await fetchWhole(fetch)(url, { signal })
  await fetchStreamed(fetch)(url, { signal })
  expect(given).toEqual([signal, signal])
})
