import { expect, test } from 'vitest'
import { createMetrics, type Metrics } from './metrics.ts'
import { statementLabel } from './statement_label.ts'

/** The value of the series of this name with all of these labels. */
async function valueOf(metrics: Metrics, name: string, ...labels: string[]): Promise<number | undefined> {
  const lines = (await metrics.text()).split('\n')
  const line = lines.find((one) => /^\w+/.exec(one)?.[0] === name && labels.every((label) => one.includes(label)))
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')))
}

test('the time of a statement is given in milliseconds and told in seconds, under its name without a hash', async () => {
  const metrics = createMetrics()
  metrics.observeStatement('task_list_0123456789ab', 250)
  metrics.observeStatement('task_list_ba9876543210', 500)
  const name = 'taskwire_db_statement_duration_seconds'
  expect(await valueOf(metrics, `${name}_sum`, 'statement="task_list"')).toBe(0.75)
  expect(await valueOf(metrics, `${name}_bucket`, 'statement="task_list"', 'le="0.25"')).toBe(1)
})

test.each([
  ['task_list_0123456789ab', 'task_list'],
  ['task_list_0123456789a', 'task_list_0123456789a'],
  ['task_list_0123456789AB', 'task_list_0123456789AB'],
  ['a_0123456789ab_b', 'a_0123456789ab_b'],
])('the statement %s is labelled %s', (name, label) => {
  expect(statementLabel(name)).toBe(label)
})

test('a request is counted under its labels, in seconds', async () => {
  const metrics = createMetrics()
  const sample = { route: '/health', method: 'GET', status: 200, transport: 'other' }
  metrics.observeRequest({ ...sample, seconds: 0.02 })
  metrics.observeRequest({ ...sample, seconds: 3 })
  const name = 'taskwire_http_request_duration_seconds'
  const labels = ['route="/health"', 'method="GET"', 'status="200"', 'transport="other"']
  expect(await valueOf(metrics, `${name}_sum`, ...labels)).toBeCloseTo(3.02)
  expect(await valueOf(metrics, `${name}_bucket`, 'le="0.025"')).toBe(1)
})

test('every result of a sign-in is there from the start', async () => {
  const metrics = createMetrics()
  const name = 'taskwire_sign_ins_total'
  for (const result of ['succeeded', 'failed', 'limited', 'error'] as const) {
    expect(await valueOf(metrics, name, `result="${result}"`), result).toBe(0)
    metrics.countSignIn(result)
    expect(await valueOf(metrics, name, `result="${result}"`), result).toBe(1)
  }
})

test('reads and late reminders are counted', async () => {
  const metrics = createMetrics()
  metrics.countRead('standby')
  metrics.countRead('standby')
  metrics.countRead('primary')
  metrics.countLateReminders(3)
  metrics.countLateReminders(2)
  expect(await valueOf(metrics, 'taskwire_db_reads_total', 'place="standby"')).toBe(2)
  expect(await valueOf(metrics, 'taskwire_db_reads_total', 'place="primary"')).toBe(1)
  expect(await valueOf(metrics, 'taskwire_reminders_late_total')).toBe(5)
})

test('connections, streams and standbys are read at each scrape', async () => {
  const metrics = createMetrics()
  const now = { used: 2, streams: 3, standbys: 1 }
  metrics.watch({
    connections: () => ({ used: now.used, idle: 1, waiting: 0 }),
    streams: () => now.streams,
    standbys: () => ({ used: now.standbys, unused: 0 }),
  })
  const read = async () => [
    await valueOf(metrics, 'taskwire_db_connections', 'state="used"'),
    await valueOf(metrics, 'taskwire_db_connections', 'state="waiting"'),
    await valueOf(metrics, 'taskwire_event_streams'),
    await valueOf(metrics, 'taskwire_db_standbys', 'state="used"'),
  ]
  expect(await read()).toEqual([2, 0, 3, 1])
  Object.assign(now, { used: 0, streams: 1, standbys: 0 })
  expect(await read()).toEqual([0, 0, 1, 0])
})

test('without standbys there is no series of them', async () => {
  const metrics = createMetrics()
  metrics.watch({ connections: () => ({ used: 0, idle: 0, waiting: 0 }), streams: () => 0 })
  expect(await metrics.text()).not.toContain('taskwire_db_standbys')
})

test('while the lag of webhooks cannot be read it keeps its value, and the other metrics are told', async () => {
  const metrics = createMetrics()
  let isAway = false
  metrics.watchWebhooks(() => (isAway ? Promise.reject(new Error('the database is away')) : Promise.resolve(12)))
  expect(await valueOf(metrics, 'taskwire_webhook_lag_changes')).toBe(12)
  isAway = true
  expect(await valueOf(metrics, 'taskwire_webhook_lag_changes')).toBe(12)
})

test('each metric says how it is summed up over processes', async () => {
  const metrics = createMetrics()
  metrics.watch({
    connections: () => ({ used: 0, idle: 0, waiting: 0 }),
    streams: () => 0,
    standbys: () => ({ used: 0, unused: 0 }),
  })
  metrics.watchWebhooks(() => Promise.resolve(0))
  const all = (await metrics.json()) as { name: string; aggregator: string }[]
  const names = [
    'taskwire_build_info',
    'taskwire_db_connections',
    'taskwire_db_standbys',
    'taskwire_webhook_lag_changes',
  ]
  expect(names.map((name) => all.find((one) => one.name === name)?.aggregator)).toEqual(['first', 'sum', 'max', 'max'])
})
