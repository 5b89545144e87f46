import { missing, trialsOfRun } from '@taskwire/faults'
import { expect, test } from 'vitest'
import { documentedCaddy, documentedNginx } from '../../../testing/replicas/documented_proxies.ts'
import { rollingRestarts } from '../../../testing/replicas/rolling_restarts.ts'

const REQUESTS = trialsOfRun(10_000)
const reason = missing('nginx', 'caddy')

test.skipIf(reason).each([
  { name: 'nginx', start: documentedNginx },
  { name: 'Caddy', start: documentedCaddy },
])(`rolling restarts behind $name fail none of ${REQUESTS} requests ${reason ?? ''}`, async ({ name, start }) => {
  const outcome = await rollingRestarts(start, REQUESTS)
  console.info(`behind ${name}: ${outcome.restarts} restarts, ${outcome.created} tasks created`)
  expect(outcome.created).toBeGreaterThanOrEqual(REQUESTS)
})
