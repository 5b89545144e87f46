import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { testServices, type TestServices } from '@taskwire/api/testing'
import { fastify, type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../http/app.ts'
import { envFrom } from '../../config/env.ts'
import { readJsonBodies } from '../../http/json_body.ts'
import { fixtureServer } from '../../../testing/conformance_fixtures.ts'
import { mcpAnswers } from './answers.ts'
import { mcpRoutes } from './routes.ts'
import { tokenOf } from '../../../testing/mcp_server.ts'
import { programs } from '../../../../../testing/outside/agent_tools.ts'

// What the public suite requires of each protocol. It sends no tokens, and expects a server with its fixtures. It waits
// for some answers for half a second, so this is no test of every run; the older suite of `conformance.test.ts` is one.

let fixture: TestServices
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())

/** Adds a token to requests without one, because the suite cannot. The hook applies to all routes: no plugin scope. */
async function withToken() {
  const header = `Bearer ${await tokenOf('conformance')}`
  return Object.assign(
    async (app: FastifyInstance) => {
      app.addHook('onRequest', async ({ headers }) => {
        headers.authorization ??= header
      })
    },
    { [Symbol.for('skip-override')]: true },
  )
}

interface Scenario {
  readonly name: string
  readonly passed: number
  readonly failed: number
}

/** What the suite says about a server, of each scenario of a protocol. */
async function conformance(app: FastifyInstance, protocol: string): Promise<Scenario[]> {
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/mcp`
  // On a busy machine a scenario may take long, and one without an answer fails all the same.
  const args = ['server', '--url', url, '--requirements', protocol, '--timeout', '150000']
  const run = spawn(process.execPath, [programs.conformance, ...args])
  const [output] = await Promise.all([text(run.stdout), once(run, 'exit')])
  await app.close()
  const lines = output.matchAll(/^. ([\w-]+): (\d+) passed, (\d+) failed/gm)
  return Array.from(lines, ([, name = '', passed, failed]) => ({
    name,
    passed: Number(passed),
    failed: Number(failed),
  }))
}

const passing = (results: readonly Scenario[]): string[] =>
  results.flatMap(({ name, passed, failed }) => (passed > 0 && failed === 0 ? [name] : []))
const failing = (results: readonly Scenario[]): string[] =>
  results.flatMap(({ name, failed }) => (failed > 0 ? [name] : []))

const log = pino({ level: 'silent' })

const withoutFixtures = {
  '2025-11-25': [
    'server-initialize',
    'ping',
    'tools-list',
    'resources-list',
    'prompts-list',
    'dns-rebinding-protection',
  ],
  '2026-07-28': [
    'tools-list',
    'server-sse-multiple-streams',
    'resources-list',
    'sep-2164-resource-not-found',
    'prompts-list',
    'dns-rebinding-protection',
    'caching',
    'input-required-result-missing-input-response',
    'input-required-result-unsupported-methods',
    'input-required-result-ignore-extra-params',
    'input-required-result-validate-input',
    'http-header-validation',
  ],
}

/** Scenarios that cannot pass, each for a reason. */
const inapplicable = {
  // Before 2026-07-28 a server can ask its client only within a session, and we keep none (decision 007).
  '2025-11-25': [
    'tools-call-sampling',
    'tools-call-elicitation',
    'elicitation-sep1034-defaults',
    'elicitation-sep1330-enums',
  ],
  '2026-07-28': [
    // The extension for long-running calls, which we do not offer: every tool answers at once.
    'tasks-lifecycle',
    'tasks-capability-negotiation',
    'tasks-wire-fields',
    'tasks-request-state-removal',
    'tasks-mrtr-input',
    'tasks-request-headers',
    'tasks-dispatch-and-envelope',
    'tasks-required-task-error',
    'tasks-mrtr-composition',
    // No tool of ours copies an argument into a header of its own.
    'http-custom-header-server-validation',
  ],
}

describe.each(['2025-11-25', '2026-07-28'] as const)('protocol %s', (protocol) => {
  test('the product passes every scenario that needs no fixture', async () => {
    const app = await buildApp({ services: fixture.services, env: envFrom({}), log, plugins: [await withToken()] })
    expect(passing(await conformance(app, protocol))).toEqual(withoutFixtures[protocol])
  })

  test('the same routes with the fixtures pass every scenario that applies to this server', async () => {
    const app = fastify({ logger: false })
    readJsonBodies(app)
    await app.register(await withToken())
    await app.register(
      mcpRoutes({ answers: () => mcpAnswers({ services: fixture.services, server: fixtureServer }), env: envFrom({}) }),
    )
    const results = await conformance(app, protocol)
    expect(failing(results).toSorted()).toEqual(inapplicable[protocol].toSorted())
    expect(results.length).toBeGreaterThanOrEqual(33)
  })
})
