import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { apiErrors } from '@taskwire/api'
import { TEST_SECRET } from '@taskwire/api/testing'
import { variables } from '../../src/config/variables.ts'
import { findPort } from '../../src/process/port.ts'

/** The server as shipped, in a process of its own on loopback. */
export interface ServerProcess {
  readonly url: string
  /** Resolves when it is ready; rejects with its output if it exits before. */
  readonly ready: Promise<void>
  /**
   * Everything that it logged as an error or wrote to stderr, but for requests that it refused for the moment: on a
   * busy machine it may, and whoever sent them sends them again.
   */
  readonly errors: readonly string[]
  /** Sends SIGKILL, so it cannot clean up. */
  kill(): Promise<void>
  /** Sends SIGTERM, so it shuts down in order. Resolves with its exit code. */
  stop(): Promise<number | null>
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

// An empty variable counts as unset: the developer's own environment must not influence the test.
const unset = Object.fromEntries(Object.keys(variables.shape).map((name) => [name, '']))

/**
 * Starts a server on `port`, by default a free one. It accepts the tokens that the tests sign. `program` is the server of
 * another version.
 */
export async function startServer(
  settings: Record<string, string>,
  port?: number,
  program: string = main,
): Promise<ServerProcess> {
  const PORT = String(port ?? (await findPort('127.0.0.1', 0)))
  const own = { HOST: '127.0.0.1', PORT, BETTER_AUTH_SECRET: new TextDecoder().decode(TEST_SECRET) }
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    env: {
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      ...unset,
      ...own,
      RATE_LIMIT_AUTH: '10000',
      LOG_LEVEL: 'error',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const errors: string[] = []
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on('line', (line) => {
      const isError = line.startsWith('{') || (output === child.stderr && line !== '')
      if (isError && !isRefusal(line)) errors.push(line)
    })
  }
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  const exit = once(child, 'exit').then(([code]: (number | null)[]) => {
    process.off('exit', orphaned)
    return code ?? null
  })
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return exit
  }
  const url = `http://127.0.0.1:${PORT}`
  const gone = exit.then((code) => {
    throw new Error(`the server ended with ${code}: ${errors.join('\n')}`)
  })
  const ready = Promise.race([gone, serves(url, () => child.exitCode !== null || child.signalCode !== null)])
  // A test that kills the process during startup does not await `ready`.
  ready.catch(() => {})
  return {
    url,
    ready,
    errors,
    async kill() {
      await end('SIGKILL')
    },
    stop: () => end('SIGTERM'),
  }
}

const REFUSALS = [apiErrors.overloaded.detail, apiErrors.database_unavailable.detail]

function isRefusal(line: string): boolean {
  return REFUSALS.some((detail) => line.endsWith(`"msg":"${detail}"}`))
}

/** Some seconds; a machine that runs other trials as well has taken more than a minute. */
const READY_MS = 300_000

async function serves(url: string, hasEnded: () => boolean): Promise<void> {
  const timeout = AbortSignal.timeout(READY_MS)
  while (!hasEnded()) {
    const response = await fetch(`${url}/health/ready`).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok) return
    if (timeout.aborted) throw new Error(`${url} did not become ready within ${READY_MS / 60_000} minutes`)
    await sleep(10)
  }
}
