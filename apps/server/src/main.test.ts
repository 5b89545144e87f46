import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { signedToken } from '@taskwire/api/testing'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

const SECRET = 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe'
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

let database: TestDatabase
let directory: string
beforeAll(async () => {
  database = await testDatabase()
  directory = await mkdtemp(join(tmpdir(), 'taskwire-main-'))
})
afterAll(async () => {
  await database.close()
  await rm(directory, { recursive: true })
})

const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

interface Server {
  readonly child: ChildProcess
  readonly url: string
  stdout(): string
  stderr(): string
  /** The exit code, or the signal that ended it, and the time from the call to the exit. */
  exited(): Promise<{ code: number | string | null }>
}

/** Starts a server process and resolves when it listens or has exited; `url` is empty in that case. */
async function start(variables: Record<string, string> = {}, args: string[] = []): Promise<Server> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      PORT: '0',
      DATABASE_URL: database.url,
      BETTER_AUTH_SECRET: SECRET,
      TASKWIRE_DATA_DIR: join(directory, 'data'),
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const closed = new Promise<number | string | null>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve(code ?? signal)
    })
  })
  const listening = new Promise<string>((resolve) => {
    child.stdout.on('data', () => {
      const url = /running at (\S+)/.exec(output.stdout)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
  const url = await Promise.race([listening, closed.then(() => '')])
  return {
    child,
    url,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    exited: async () => ({ code: await closed }),
  }
}

async function authorized() {
  const secret = new TextEncoder().encode(SECRET)
  return { authorization: `Bearer ${await signedToken({ sub: 'alice' }, secret)}` }
}

/** A request whose body never ends. */
async function stuckRequest(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const { authorization } = await authorized()
  const lines = ['POST /api/alice/tasks HTTP/1.1', 'host: x', `authorization: ${authorization}`, 'content-length: 20']
  socket.on('error', () => {})
  await new Promise<void>((resolve) => socket.write(`${lines.join('\r\n')}\r\n\r\n{`, () => resolve()))
  return socket
}

describe('startup', () => {
  test('prints its URL, where the data is and where the documentation is', async () => {
    const server = await start()
    expect(server.stdout()).toMatch(/Taskwire is running at http:\/\/127\.0\.0\.1:\d+\n\s+data .+\n\s+docs .+\/docs\n/)
    expect(server.stderr()).toBe('')
    // A busy machine may need longer than the deadline of one readiness check for its first connection.
    const readiness = () => fetch(`${server.url}/health/ready`).then((ready) => ready.json())
    await expect.poll(readiness).toEqual({ status: 'ready' })
    const response = await fetch(`${server.url}/api/alice/tasks`, { headers: await authorized() })
    expect(await response.json()).toEqual([])
    server.child.kill('SIGTERM')
    expect(await server.exited()).toMatchObject({ code: 0 })
    expect(server.stderr()).toBe('')
  })

  test('on a busy port prints one clear line and exits with 1 before it touches any database', async () => {
    const busy = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => busy.once('listening', resolve))
    const { port } = busy.address() as AddressInfo
    const data = join(directory, 'untouched')
    const server = await start({
      PORT: String(port),
      DATABASE_URL: '',
      BETTER_AUTH_SECRET: '',
      TASKWIRE_DATA_DIR: data,
    })
    expect(await server.exited()).toMatchObject({ code: 1 })
    expect(server.stderr()).toBe(
      `cannot listen on 127.0.0.1:${port}: the port is in use. Stop the program that uses it, or set PORT to another port\n`,
    )
    expect(server.stdout()).toBe('')
    expect(existsSync(data)).toBe(false)
    await new Promise((resolve) => busy.close(resolve))
  })

  test('with an invalid configuration prints one line per problem and exits with 1', async () => {
    const server = await start({ PORT: 'http', LOG_LEVEL: 'loud', BETTER_AUTH_SECRET: 'hunter2' })
    expect(await server.exited()).toMatchObject({ code: 1 })
    const lines = server.stderr().trimEnd().split('\n')
    expect(lines.map((line) => line.split(' ')[0]).join()).toBe('PORT,BETTER_AUTH_SECRET,LOG_LEVEL')
    expect(server.stderr()).not.toContain('hunter2')
    expect(server.stdout()).toBe('')
  })

  test.each([
    ['that does not run', 'postgres://u:hunter2@127.0.0.1:9/db', /DATABASE_URL/],
    ['whose host name is unknown', 'postgres://u:hunter2@nowhere.invalid/db', /DATABASE_URL/],
  ])('with a database %s prints one clear line and exits with 1', async (_, url, line) => {
    const server = await start({ DATABASE_URL: url })
    expect(await server.exited()).toMatchObject({ code: 1 })
    expect(server.stderr().trimEnd().split('\n')).toEqual([expect.stringMatching(line)])
    expect(server.stderr() + server.stdout()).not.toContain('hunter2')
  })

  test('with --help prints the help and starts nothing', async () => {
    const server = await start({ PORT: 'nonsense' }, ['--help'])
    expect(await server.exited()).toMatchObject({ code: 0 })
    expect(server.stdout()).toContain('DATABASE_URL')
    expect(server.stderr()).toBe('')
  })
})

describe('shutdown', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('by %s ends streams with a hint, and idle connections', async (signal) => {
    const server = await start()
    const stream = await fetch(`${server.url}/api/alice/events`, { headers: await authorized() })
    await fetch(`${server.url}/health`)
    server.child.kill(signal)
    expect(await stream.text()).toMatch(/^retry: \d+\n\nretry: \d+\n\n$/)
    expect(await server.exited()).toEqual({ code: 0 })
    expect(server.stderr()).toBe('')
  })

  test('is visible to load balancers first, and lets requests in flight finish', async () => {
    const server = await start()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    // On a busy machine the first connection to PostgreSQL may take longer than readiness waits for it.
    await expect.poll(() => status(agent, `${server.url}/health/ready`)).toMatchObject({ status: 200 })
    const socket = await stuckRequest(server.url)
    let response = ''
    socket.on('data', (chunk: Buffer) => (response += chunk.toString()))
    server.child.kill('SIGTERM')
    await expect
      .poll(() => status(agent, `${server.url}/health/ready`), { interval: 10 })
      .toMatchObject({
        status: 503,
        text: '{"status":"unavailable"}',
        connection: 'close',
      })
    socket.write('"title":"late, ok"}')
    expect((await server.exited()).code).toBe(0)
    expect(response).toMatch(/^HTTP\/1\.1 201 [^]*connection: close[^]*late, ok/i)
    agent.destroy()
  })

  test('does not wait forever for requests in flight', async () => {
    const server = await start()
    const socket = await stuckRequest(server.url)
    await fetch(`${server.url}/health`)
    server.child.kill('SIGTERM')
    expect(await server.exited()).toEqual({ code: 0 })
    socket.destroy()
  })

  test('requested twice within a second happens once', async () => {
    const server = await start()
    server.child.kill('SIGINT')
    server.child.kill('SIGINT')
    server.child.kill('SIGTERM')
    expect(await server.exited()).toMatchObject({ code: 0 })
  })

  test('requested again after a second exits at once with a non-zero code', async () => {
    const server = await start()
    const socket = await stuckRequest(server.url)
    await fetch(`${server.url}/health`)
    // On a busy machine the first one may be noticed late: those within a second of it are ignored.
    const repeated = setInterval(() => server.child.kill('SIGINT'), 300)
    onTestFinished(() => clearInterval(repeated))
    expect(await server.exited()).toEqual({ code: 130 })
    socket.destroy()
  })
})

function status(
  agent: Agent,
  url: string,
): Promise<{ status?: number | undefined; text: string; connection?: string }> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode, text, connection: response.headers.connection ?? '' }),
      )
    })
      .on('error', reject)
      .end()
  })
}
