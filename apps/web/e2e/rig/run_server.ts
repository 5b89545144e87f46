import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../../testing/faults/ports.ts'

const main = fileURLToPath(new URL('../../../server/src/main.ts', import.meta.url))

export interface RunningServer {
  readonly url: string
  /** Stops the server and starts it again at the same address. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly close: () => Promise<void>
}

export type Settings = Readonly<Record<string, string>>

/** Runs the real server in its own process, on this database. */
export async function runServer(database: string, more: Settings = {}): Promise<RunningServer> {
  const data = await mkdtemp(join(tmpdir(), 'taskwire-web-'))
  const start = (at: number) => startProcess(at, { DATABASE_URL: database, TASKWIRE_DATA_DIR: data, ...more })
  let port = await freePort()
  // Somebody else may have taken the port since it was found to be free.
  let running: ChildProcess | undefined = await start(port).catch(async () => start((port = await freePort())))

  async function stop(): Promise<void> {
    if (running === undefined) return
    const child = running
    running = undefined
    if (hasEnded(child)) throw new Error('The server has exited by itself')
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }

  return {
    url: `http://127.0.0.1:${port}`,
    async restart() {
      await stop()
      running = await start(port)
    },
    stop,
    async close() {
      await stop()
      await rm(data, { recursive: true, force: true })
    },
  }
}

async function startProcess(port: number, settings: Settings): Promise<ChildProcess> {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const base = { PATH, HOME, NODE_COMPILE_CACHE, HOST: '127.0.0.1', PORT: String(port) }
  const child = spawn(process.execPath, [main], {
    env: { ...base, RATE_LIMIT_AUTH: '10000', LOG_LEVEL: 'warn', ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.on('exit', (code, signal) => {
    if (code !== 0) console.error(`The server ended with ${code ?? signal}: ${stderr}`)
  })
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const exited = once(child, 'exit').then(() => Promise.reject(new Error(`The server did not start: ${stderr}`)))
  exited.catch(() => {})
  await Promise.race([exited, isReady(`http://127.0.0.1:${port}/health/ready`)]).catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  return child
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

async function isReady(url: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    const response = await fetch(url).catch(() => undefined)
    if (response?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('The server did not become ready in 60 s')
}
