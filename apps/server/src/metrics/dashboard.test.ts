import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('every series of the Grafana dashboard exists, with the labels that it names', async () => {
  const metrics = createMetrics()
  metrics.observeRequest({ route: '/health', method: 'GET', status: 200, transport: 'other', seconds: 0.1 })
  metrics.observeStatement('task_list_0123456789ab', 1)
  metrics.watch({ connections: () => ({ used: 0, idle: 0, waiting: 0 }), streams: () => 0 })
  metrics.watchWebhooks(() => Promise.resolve(0))
  const text = await metrics.text()
  const dashboard: { panels: { targets: { expr: string }[] }[] } = JSON.parse(
    await readFile(new URL('../../../../deploy/grafana-dashboard.json', import.meta.url), 'utf8'),
  )
  const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  expect(expressions.length).toBeGreaterThan(10)
  for (const expression of expressions) {
    const [name = 'none'] = /\b(?:taskwire|nodejs|process)_\w+/.exec(expression) ?? []
    const sample = text.split('\n').find((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    expect(sample, expression).toBeDefined()
    const by = /\bby \(([^)]*)\)/.exec(expression)?.[1]?.split(', ') ?? []
    const filtered = [...expression.matchAll(/[{,](\w+)[!=]~?"/g)].map(([, label = '']) => label)
    // Prometheus itself adds the instance.
    for (const label of [...by, ...filtered].filter((one) => one !== 'instance')) expect(sample).toContain(`${label}="`)
  }
})
