import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { text } from 'node:stream/consumers'
import { testServices, type TestServices } from '@taskwire/api/testing'
import { fastify, type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../../http/app.ts'
import { envFrom } from '../../config/env.ts'
import { readJsonBodies } from '../../http/json_body.ts'
import { fixtureServer } from '../../../testing/conformance_fixtures.ts'
import { mcpAnswers } from './answers.ts'
import { mcpRoutes } from './routes.ts'
import { tokenOf } from '../../../testing/mcp_server.ts'

// The public suite covers protocols up to 2025-11-25, sends no tokens, and expects a server with its fixtures.

const suite = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'))

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

/** The suite's result for a server: how many checks of each scenario passed and failed. */
async function conformance(app: FastifyInstance): Promise<Map<string, { passed: number; failed: number }>> {
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/mcp`
  const run = spawn(process.execPath, [suite, 'server', '--url', url, '--suite', 'all'])
  const [output] = await Promise.all([text(run.stdout), once(run, 'exit')])
  await app.close()
  const lines = output.matchAll(/^. ([\w-]+): (\d+) passed, (\d+) failed/gm)
  return new Map(
    Array.from(lines, ([, name = '', passed, failed]) => [name, { passed: Number(passed), failed: Number(failed) }]),
  )
}

function passing(results: Awaited<ReturnType<typeof conformance>>): string[] {
  return [...results].flatMap(([name, { passed, failed }]) => (passed > 0 && failed === 0 ? [name] : []))
}

const log = pino({ level: 'silent' })

test('the product passes every scenario that needs no fixture', async () => {
  const app = await buildApp({ services: fixture.services, env: envFrom({}), log, plugins: [await withToken()] })
  expect(passing(await conformance(app))).toEqual([
    'server-initialize',
    'ping',
    'tools-list',
    'resources-list',
    'prompts-list',
    'dns-rebinding-protection',
  ])
})

test('the same routes with the fixtures pass every scenario possible without sessions', async () => {
  const app = fastify({ logger: false })
  readJsonBodies(app)
  await app.register(await withToken())
  await app.register(
    mcpRoutes({ answers: () => mcpAnswers({ services: fixture.services, server: fixtureServer }), env: envFrom({}) }),
  )
  const results = await conformance(app)
  const rest = [...results.keys()].filter((name) => !passing(results).includes(name))
  expect(results.size).toBe(32)
  // Before 2026-07-28 a server can ask its client only within a session.
  const asksTheClient = [
    'tools-call-sampling',
    'tools-call-elicitation',
    'elicitation-sep1034-defaults',
    'elicitation-sep1330-enums',
  ]
  const checksNothingWithoutSession = ['server-sse-polling', 'server-sse-multiple-streams']
  expect(rest.toSorted()).toEqual([...asksTheClient, ...checksNothingWithoutSession].toSorted())
})
