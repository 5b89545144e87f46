import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { programs } from '../../../testing/outside/agent_tools.ts'
import { authorizationUrl, freePort, run, signUpAndAllow } from './rig/programs.ts'
import { sdks } from './rig/mcp_apps.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

// Programs of others connect with nothing but the URL, and somebody signs up and consents in a real browser.

let app: TestApp
let home: string
beforeAll(async () => {
  app = await openTestApp()
  home = await mkdtemp(join(tmpdir(), 'taskwire-agents-'))
})
afterAll(async () => {
  await app.close()
  await rm(home, { recursive: true, force: true })
})

/** They find neither a browser nor what another user of this machine has stored. */
const environment = () => ({ HOME: home, PATH: '' })

test('mcp-remote passes a client that only speaks stdio on to the server', async () => {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [programs.mcpRemote, `${app.server.url}/mcp`, String(await freePort()), '--auth-timeout', '500'],
    env: environment(),
    stderr: 'pipe',
  })
  const client = new Client({ name: 'host', version: '1' })
  const url = authorizationUrl(transport.stderr)
  const connecting = client.connect(transport, { timeout: 500_000 })
  connecting.catch(() => {})
  const page = await app.visitor()
  await signUpAndAllow(page, await url, 'remote@example.com')
  await connecting
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('add_task')
  const added = await client.callTool({ name: 'add_task', arguments: { title: 'by mcp-remote' } })
  expect(added).toMatchObject({ structuredContent: { status: 'created' } })

  await page.goto(`${app.server.url}/#/all`)
  await page.getByText('by mcp-remote').waitFor()
  await client.close()
})

test('the Inspector lists the tools', async () => {
  const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`
  const args = ['--cli', `${app.server.url}/mcp`, '--transport', 'http', '--callback-url', callback]
  const { child, ended } = run(programs.inspector, [...args, '--method', 'tools/list'], {
    ...environment(),
    // Without a terminal it asks nobody otherwise.
    MCP_AUTO_OPEN_ENABLED: 'true',
    MCP_INSPECTOR_SECRET_STORE: 'memory',
  })
  const page = await app.visitor()
  await signUpAndAllow(page, await authorizationUrl(child.stderr), 'inspector@example.com')
  const { stdout, code } = await ended
  expect(code).toBe(0)
  expect(stdout).toContain('"name": "add_task"')
})

test('the scenarios of the conformance tool for authorization servers pass', async () => {
  const port = await freePort()
  const registered = await fetch(`${app.server.url}/api/auth/oauth2/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Conformance',
      redirect_uris: [`http://127.0.0.1:${port}/callback`],
      token_endpoint_auth_method: 'none',
    }),
  })
  const { client_id } = await registered.json()
  const args = ['--url', app.server.url, '--resource', `${app.server.url}/mcp`, '--client-id', client_id]
  const { child, ended } = run(programs.conformance, ['authorization', ...args, '--port', String(port)], environment())
  const page = await app.visitor()
  await signUpAndAllow(page, await authorizationUrl(child.stdout), 'conformance@example.com')
  const { stdout, code } = await ended
  expect(Array.from(stdout.matchAll(/^. ([\w-]+): [1-9]\d* passed, 0 failed/gm), ([, name]) => name)).toEqual([
    'authorization-server-metadata-endpoint',
    'authorization-code-grant',
  ])
  expect(code).toBe(0)
})

test('every worker refuses an app that its user has disconnected', async () => {
  const workers = await openTestApp({ WORKERS: '3' })
  const page = await workers.visitor()
  const connected = await sdks['2.x']?.connect(`${workers.server.url}/mcp`, (url) =>
    signUpAndAllow(page, url, 'workers@example.com'),
  )
  if (connected === undefined) throw new Error('no client')
  const outcome = () =>
    connected.tools().then(
      () => 'let in',
      () => 'refused',
    )
  // Each worker has seen the token, and remembers it for a moment.
  const outcomes = async () => new Set(await Promise.all(Array.from({ length: 24 }, outcome)))
  expect(await outcomes()).toEqual(new Set(['let in']))
  await page.goto(`${workers.server.url}/#/all/keys`)
  await page.getByRole('button', { name: 'Disconnect Plan B' }).click()
  await page.getByRole('button', { name: 'Confirm disconnecting Plan B' }).click()
  await page.getByText('No connected apps yet.').waitFor()
  await expect.poll(outcomes).toEqual(new Set(['refused']))
  await connected.close()
  await workers.close()
})
