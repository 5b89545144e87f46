import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** The path of the server's entry point in a checkout. Change it here if it moves. */
const ENTRY = 'apps/server/src/main.ts'

export interface ServerProcess {
  readonly url: string
  /** What it has written so far. */
  output(): string
  /** SIGTERM; resolves with the exit code when the process has ended. */
  stop(): Promise<number | null>
}

/** Starts the server of a checkout on a data directory, as `npm start` would, on a free port of loopback. */
export async function startServer(
  checkout: string,
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(checkout, ENTRY)], {
    // Not our own environment: it could name another database, model or secret.
    env: {
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      PORT: '0',
      TASKWIRE_DATA_DIR: dataDir,
      RATE_LIMIT_AUTH: '1000',
      LOG_LEVEL: 'info',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const killed = () => child.kill('SIGKILL')
  process.once('exit', killed)
  const exit = once(child, 'exit').then(([code]: (number | null)[]) => {
    process.off('exit', killed)
    return code ?? null
  })
  let output = ''
  const listening = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const url = /(?:serves on|running at) (\S+)/.exec(output)?.[1]
        if (url !== undefined) resolve(url)
      })
    }
  })
  const ended = exit.then((code) => Promise.reject(new Error(`the server ended with ${code}: ${output}`)))
  const url = await Promise.race([listening, ended])
  ended.catch(() => {})
  return {
    url,
    output: () => output,
    stop() {
      child.kill('SIGTERM')
      return exit
    },
  }
}
