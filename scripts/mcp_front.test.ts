import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { mcpFront } from './mcp_front.mjs'

const INTRODUCTION: object = JSON.parse(
  readFileSync(join(import.meta.dirname, '../apps/server/src/transports/mcp/introduction.json'), 'utf8'),
)

interface Message {
  readonly id?: number | string
  readonly method?: string
  readonly result?: object
  readonly error?: { readonly message: string }
}

/** A front, a client that writes to it, and a server that answers every request with what it was asked. */
function connected() {
  const input = new PassThrough()
  const answers: Message[] = []
  const arrived: Message[] = []
  const child = { stdin: new PassThrough(), stdout: new PassThrough() }
  child.stdin.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trimEnd().split('\n')) {
      const message: Message = JSON.parse(line)
      arrived.push(message)
      if (message.id === undefined) continue
      const result = { asked: message.method }
      child.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, result })}\n`)
    }
  })
  const front = mcpFront({ input, write: (line: string) => void answers.push(JSON.parse(line)) })
  const send = (message: object) => input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  return { front, child, send, answers, arrived, input }
}

const initialize = { id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {} } }

test('initialize and ping are answered before there is a server, and only once', async () => {
  const { front, child, send, answers, arrived } = connected()
  send(initialize)
  send({ id: 2, method: 'ping' })
  send({ method: 'notifications/initialized' })
  send({ id: 3, method: 'tools/list' })
  await expect.poll(() => answers.map(({ id }) => id)).toEqual([1, 2])
  expect(answers[0]?.result).toMatchObject({
    protocolVersion: '2025-06-18',
    serverInfo: { name: 'taskwire' },
    instructions: Reflect.get(INTRODUCTION, 'instructions'),
  })

  front.connect(child)
  await expect.poll(() => answers.map(({ id }) => id)).toEqual([1, 2, 3])
  expect(arrived.map(({ method }) => method)).toEqual(['initialize', 'notifications/initialized', 'tools/list'])
  expect(answers[2]?.result).toEqual({ asked: 'tools/list' })

  send({ id: 4, method: 'ping' })
  await expect.poll(() => answers.at(-1)?.result).toEqual({ asked: 'ping' })
})

test('an unknown protocol version is answered with the newest that needs initialize', async () => {
  const { send, answers } = connected()
  send({ ...initialize, params: { protocolVersion: '1999-01-01' } })
  await expect.poll(() => answers[0]?.result).toMatchObject({ protocolVersion: '2025-11-25' })
})

test('input that ended early still reaches the server, and then its end', async () => {
  const { front, child, send, input, arrived } = connected()
  send({ id: 'a', method: 'tools/list' })
  input.end()
  await once(input, 'end')
  const ended = once(child.stdin, 'end')
  front.connect(child)
  await ended
  expect(arrived.map(({ id }) => id)).toEqual(['a'])
})

test('requests that no server can answer any more get an error, and others none', async () => {
  const { front, send, answers } = connected()
  send(initialize)
  send({ id: 2, method: 'tools/list' })
  send({ method: 'notifications/initialized' })
  await expect.poll(() => answers).toHaveLength(1)
  front.abandon()
  expect(answers.slice(1)).toMatchObject([
    { id: 2, error: { message: expect.stringContaining('could not be started') } },
  ])
})

test('the end of the input reaches a server that is connected', async () => {
  const { front, child, input } = connected()
  front.connect(child)
  input.end()
  await expect.poll(() => child.stdin.writableEnded).toBe(true)
})

test('an id that is used again gets the answer of the server, and 1 is not "1"', async () => {
  const { front, child, send, answers } = connected()
  send(initialize)
  front.connect(child)
  send({ id: '1', method: 'tools/list' })
  await expect.poll(() => answers.map(({ id }) => id)).toEqual([1, '1'])
  // The answer of the server to initialize was dropped, once.
  send({ id: 1, method: 'tools/list' })
  await expect.poll(() => answers.at(-1)).toMatchObject({ id: 1, result: { asked: 'tools/list' } })
  front.abandon()
  expect(answers).toHaveLength(3)
})

test('requests are given up once', async () => {
  const { front, send, answers } = connected()
  send({ id: 2, method: 'tools/list' })
  send(initialize)
  await expect.poll(() => answers).toHaveLength(1)
  front.abandon()
  front.abandon()
  expect(answers).toHaveLength(2)
})

test('a server that does not start was introduced all the same, and then says why', async () => {
  const root = join(import.meta.dirname, '..')
  // Without a key it does not start: only the front answers.
  const child = spawn(process.execPath, [join(root, 'scripts/run.mjs'), 'mcp'], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TASKWIRE_API_KEY: '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...initialize })}\n`)
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' })}\n`)
  const [code] = await once(child, 'close')
  const [stdout, stderr] = await output
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map((line): Message => JSON.parse(line))
  expect(code).toBe(1)
  expect(answers.map(({ id, error }) => [id, error === undefined])).toEqual([
    [1, true],
    [2, false],
  ])
  expect(stderr).toContain('TASKWIRE_API_KEY must be set')
})

test('a clone that cannot be prepared answers its client, and says why', () => {
  const root = mkdtempSync(join(tmpdir(), 'taskwire-front-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  cpSync(import.meta.dirname, join(root, 'scripts'), { recursive: true })
  write('package.json', '{ "packageManager": "pnpm@1.0.0" }')
  write('apps/server/package.json', '{ "name": "server", "version": "1.2.3" }')
  write('apps/server/src/transports/mcp/introduction.json', JSON.stringify(INTRODUCTION))
  // An npm without a network, which fails once the client has been read.
  write('npm-cli.js', "setTimeout(() => { console.error('ENOTFOUND'); process.exit(1) }, 50)")
  const requests = [initialize, { id: 2, method: 'tools/list' }, { method: 'notifications/initialized' }]
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/run.mjs'), 'mcp'], {
    env: { PATH: process.env['PATH'], HOME: root, npm_execpath: join(root, 'npm-cli.js') },
    input: requests.map((request) => `${JSON.stringify({ jsonrpc: '2.0', ...request })}\n`).join(''),
    encoding: 'utf8',
  })
  const answers = stdout.trimEnd().split('\n')
  expect(answers.map((line): Message => JSON.parse(line))).toMatchObject([
    { id: 1, result: { serverInfo: { version: '1.2.3' } } },
    { id: 2, error: { message: expect.stringContaining('could not be started') } },
  ])
  expect([status, stderr]).toEqual([1, expect.stringContaining('the package registry cannot be reached')])
})
