import { Haproxy, missing, trialsOfRun, until } from '@taskwire/faults'
import { describe, expect, test } from 'vitest'
import { rollingRestarts, type Balancer, type ServerPorts } from '../../../testing/replicas/rolling_restarts.ts'

const REQUESTS = trialsOfRun(500)
const reason = missing('haproxy')

// haproxy asks each server every 2 s whether it is ready, and retries no request.
describe.skipIf(reason)(`two servers behind haproxy ${reason ?? ''}`, () => {
  test(`a rolling restart fails none of ${REQUESTS} requests`, async () => {
    const outcome = await rollingRestarts(startHaproxy, REQUESTS)
    console.info(`behind haproxy: ${outcome.restarts} restarts, ${outcome.created} tasks created`)
    expect(outcome.created).toBeGreaterThanOrEqual(REQUESTS)
  })
})

async function startHaproxy(servers: ServerPorts): Promise<Balancer> {
  const haproxy = await Haproxy.http({ ports: servers })
  return {
    port: haproxy.port,
    bothUp: () => until('both servers are up', async () => (await haproxy.up()).length === 2),
    log: () => haproxy.log(),
    [Symbol.asyncDispose]: () => haproxy[Symbol.asyncDispose](),
  }
}
