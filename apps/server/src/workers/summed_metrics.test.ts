import { expect, test } from 'vitest'
import { createMetrics } from '../metrics/metrics.ts'
import { metricSums } from './summed_metrics.ts'

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
