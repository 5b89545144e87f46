import { createServer } from 'node:net'
import { once } from 'node:events'
import { get } from 'node:http'
import { freePort } from '@taskwire/faults'
import { expect, onTestFinished, test } from 'vitest'
import { createMetrics } from '../metrics/metrics.ts'
import { ListenError } from '../process/port.ts'
import { createCleanup } from '../process/shutdown.ts'
import { metricSums, serveSummedMetrics, type SummedMetrics } from './summed_metrics.ts'

async function worker(requests: number) {
  const metrics = createMetrics()
  const sample = { route: '/health', method: 'GET', status: 200, transport: 'other', seconds: 0.003 }
  for (let n = 0; n < requests; n++) metrics.observeRequest(sample)
  metrics.watch({ connections: () => ({ used: 1, idle: 2, waiting: 0 }), streams: () => 4 })
  return metrics
}

/** What a worker sends, as it arrives. */
async function sent(metrics: Awaited<ReturnType<typeof worker>>) {
  return JSON.parse(JSON.stringify(await metrics.json()))
}

const valueOf = (text: string, name: RegExp) => Number(new RegExp(`^${name.source} (\\S+)$`, 'm').exec(text)?.[1])
const COUNT = /taskwire_http_request_duration_seconds_count\{route="\/health".*\}/

test('counts of lost workers stay in the sum, their gauges do not', async () => {
  const sums = metricSums()
  const first = await worker(3)
  sums.set(0, await sent(first))
  sums.set(1, await sent(await worker(4)))
  const before = await sums.text()
  expect(valueOf(before, COUNT)).toBe(7)
  expect(valueOf(before, /taskwire_event_streams/)).toBe(8)
  expect(valueOf(before, /taskwire_db_connections\{state="idle"\}/)).toBe(4)
  expect(before).toMatch(/^taskwire_build_info\{version="[\d.]+"\} 1$/m)
  for (let lost = 0; lost < 3; lost++) {
    sums.lose(0)
    sums.set(0, await sent(await worker(1)))
  }
  const after = await sums.text()
  expect(valueOf(after, COUNT)).toBe(3 + 4 + 1 + 1 + 1)
  expect(valueOf(after, /taskwire_http_request_duration_seconds_bucket\{le="0.005",route="\/health".*\}/)).toBe(10)
  expect(valueOf(after, /taskwire_event_streams/)).toBe(8)
})

type Answers = Awaited<ReturnType<SummedMetrics['workers']['ask']>>

/** The admin server over workers that answer so. */
async function served(answers: { ready?: Answers; metrics?: Answers | 'never' }) {
  const ADMIN_PORT = await freePort()
  const cleanup = createCleanup(async () => {})
  let lose: (number: number) => void = () => {}
  const logged: string[] = []
  const workers = {
    ask: async (about: 'ready' | 'metrics') => {
      const answer = answers[about] ?? Promise.reject(new Error('no answer'))
      return answer === 'never' ? new Promise<never>(() => {}) : answer
    },
    onLost: (listener: (number: number) => void) => void (lose = listener),
  }
  const log = { error: (_details: object, line: string) => void logged.push(line) } as unknown as SummedMetrics['log']
  await serveSummedMetrics({ ADMIN_HOST: '127.0.0.1', ADMIN_PORT }, { workers, log }, cleanup)
  onTestFinished(() => cleanup.run())
  return { url: `http://127.0.0.1:${ADMIN_PORT}`, cleanup, logged, lose: (number: number) => lose(number) }
}

test.each([
  [[true, false], 200],
  [[false, false], 503],
  [[], 503],
])('workers that answer %j make the server ready with status %d', async (ready, status) => {
  const { url } = await served({ ready: ready.map((answer, number) => ({ number, answer })) })
  expect((await fetch(`${url}/health/ready`)).status).toBe(status)
})

test('what a lost worker had counted stays in what is served', async () => {
  const metrics = [{ number: 0, answer: await sent(await worker(3)) }]
  const { url, lose } = await served({ metrics })
  const first = await fetch(`${url}/metrics`)
  expect(first.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(valueOf(await first.text(), COUNT)).toBe(3)
  lose(0)
  metrics.splice(0, 1, { number: 0, answer: await sent(await worker(1)) })
  const after = await (await fetch(`${url}/metrics`)).text()
  expect(valueOf(after, COUNT)).toBe(4)
  expect(valueOf(after, /taskwire_event_streams/)).toBe(4)
})

test('metrics that cannot be read are a 500, which the log names', async () => {
  const { url, logged } = await served({})
  expect((await fetch(`${url}/metrics`)).status).toBe(500)
  expect(logged).toEqual(['metrics cannot be read'])
})

test('the end cuts off a scrape that is not answered yet', async () => {
  const { url, cleanup } = await served({ metrics: 'never' })
  const request = get(`${url}/metrics`)
  const cut = once(request, 'error')
  const [socket] = await once(request, 'socket')
  await once(socket, 'connect')
  await cleanup.run()
  expect(await cut).toMatchObject([{ code: 'ECONNRESET' }])
  await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed')
})

test('a port in use is said to be', async () => {
  const busy = createServer()
  const ADMIN_PORT = await freePort()
  await once(busy.listen(ADMIN_PORT, '127.0.0.1'), 'listening')
  onTestFinished(() => void busy.close())
  const none = { workers: { ask: async () => [], onLost: () => {} }, log: {} as SummedMetrics['log'] }
  const cleanup = createCleanup(async () => {})
  await expect(serveSummedMetrics({ ADMIN_HOST: '127.0.0.1', ADMIN_PORT }, none, cleanup)).rejects.toThrow(ListenError)
  await cleanup.run()
})
