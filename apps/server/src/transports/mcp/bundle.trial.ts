import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { packMcpb } from '../../../../../scripts/package/mcpb.mjs'
import { programs } from '../../../../../testing/outside/agent_tools.ts'
import { signInServer, type SignInServer } from '../../../testing/sign_in_server.ts'

// The bundle of @taskwire/mcp, unpacked and started as an app that installs bundles does it.

const config = z.object({
  server: z.object({
    mcp_config: z.object({
      command: z.literal('node'),
      args: z.array(z.string()),
      env: z.record(z.string(), z.string()),
    }),
  }),
  user_config: z.record(z.string(), z.object({ required: z.literal(true) })),
})

let server: SignInServer
let folder: string
beforeAll(async () => {
  server = await signInServer()
  folder = await mkdtemp(join(tmpdir(), 'taskwire-bundle-'))
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

test('what its user is asked for is enough for it to reach the server', async () => {
  const url = await server.app.listen({ host: '127.0.0.1', port: 0 })
  const { session } = await server.newUser()
  const { key } = await server.newKey(session, { name: 'bundle', configId: 'write' })
  const installed = join(folder, 'installed')
  execFileSync(process.execPath, [programs.mcpb, 'unpack', packMcpb(folder), installed], { stdio: 'ignore' })
  const manifest = config.parse(JSON.parse(await readFile(join(installed, 'manifest.json'), 'utf8')))
  expect(Object.keys(manifest.user_config)).toEqual(['url', 'api_key'])

  const values: Record<string, string> = { __dirname: installed, 'user_config.url': url, 'user_config.api_key': key }
  const filled = (text: string) => text.replace(/\$\{([\w.]+)\}/g, (_whole, name: string) => values[name] ?? '')
  const { args, env } = manifest.server.mcp_config
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: args.map(filled),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)])),
  })
  const client = new Client({ name: 'app', version: '1' })
  await client.connect(transport)
  const added = await client.callTool({ name: 'add_task', arguments: { title: 'by the bundle' } })
  expect(added).toMatchObject({ structuredContent: { status: 'created' } })
  await client.close()
})
