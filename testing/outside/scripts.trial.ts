import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInServer, type SignInServer } from '../../apps/server/testing/sign_in_server.ts'
import { output, root } from './index.ts'
import { RunningProgram } from './running_program.ts'
import { compiled, openSamples } from './samples.ts'

// The samples that are programs, as their READMEs say.

const samples = await openSamples()
let server: SignInServer
let env: Record<string, string>
beforeAll(async () => {
  server = await signInServer({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } })
  const TASKWIRE_URL = await server.app.listen({ host: '127.0.0.1', port: 0 })
  const { session } = await server.newUser()
  const { key } = await server.newKey(session, { name: 'examples', configId: 'write' })
  env = { TASKWIRE_URL, TASKWIRE_API_KEY: key }
})
afterAll(async () => {
  await server.close()
  await samples.close()
})

test('the Python script adds each line once, and follows the changes from where it was stopped', async () => {
  const directory = join(samples.folder, 'python')
  cpSync(join(root, 'examples/python'), directory, { recursive: true })
  const python = (...args: string[]) => output('python3', ['tasks.py', ...args], { cwd: directory, env })
  writeFileSync(join(directory, 'tasks.txt'), 'Buy milk\n\nPay rent\n')
  const first = await python('add', 'tasks.txt')
  expect(first).toMatch(/^\d+ Buy milk\n\d+ Pay rent\n$/)
  expect(await python('add', 'tasks.txt')).toBe(first)

  writeFileSync(join(directory, 'seq.txt'), '0')
  await using follower = new RunningProgram('python3', ['tasks.py', 'follow', 'seq.txt'], { cwd: directory, env })
  await expect.poll(() => follower.lines, { timeout: 60_000 }).toEqual(['1 created Buy milk', '2 created Pay rent'])
  await expect.poll(() => readFileSync(join(directory, 'seq.txt'), 'utf8'), { timeout: 60_000 }).toBe('2')
})

test('the agent uses the tools until it has an answer', async () => {
  const sample = await samples.sample('agent')
  expect(await compiled(sample, 'agent.ts')).toBe('')
  await using agent = sample.startFile(['agent.ts', 'Call', 'the', 'dentist'], env)
  expect(await agent.exit).toBe(0)
  await expect.poll(() => agent.lines.join('\n')).toMatch(/Your list: [^]*Call the dentist/)
})

test('the receiver accepts signed events, each once, and nothing else', async () => {
  const sample = await samples.sample('webhook-receiver')
  expect(await compiled(sample, 'receiver.ts')).toBe('')
  const { Webhook } = await import(join(sample.directory, 'node_modules/standardwebhooks/dist/index.js'))
  const secret = `whsec_${Buffer.from('a secret of the trial of examples').toString('base64')}`
  await using receiver = sample.startFile(['receiver.ts'], { WEBHOOK_SECRET: secret, PORT: '0' })
  const address = await receiver.address()

  const body = JSON.stringify({
    type: 'task.created',
    timestamp: new Date(),
    data: { seq: 1, after: { title: 'Milk' } },
  })
  const now = new Date()
  const send = async (signature: string) => {
    const headers = {
      'webhook-id': 'ann:1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signature,
    }
    return (await fetch(address, { method: 'POST', body, headers })).status
  }
  const signature: string = new Webhook(secret).sign('ann:1', now, body)
  expect([await send(signature), await send(signature), await send('v1,AAAA')]).toEqual([204, 204, 401])
  await expect.poll(() => receiver.lines.slice(1), { timeout: 60_000 }).toEqual(['task.created 1 Milk'])
  expect(await receiver.stop('SIGTERM')).toBe(0)
})
