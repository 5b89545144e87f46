import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { atExit } from './at_exit.ts'
import { median } from './rounds.ts'
import { freePort, programOf, ready, SECRET, stopped } from './servers.ts'
import { scratchDirectory } from './scratch.ts'

export interface Starts {
  /** Seconds from the command to `ready` on an empty data directory, and medians on an existing one. */
  readonly first: number
  readonly warm: number
}

/**
 * Times the server as shipped with its embedded database: the very first start, then starts on the existing data. As with
 * `npm start` Node keeps what it compiles: the first start finds none of it.
 */
export async function starts(warmRuns: number): Promise<Starts> {
  const scratch = await scratchDirectory()
  try {
    const first = await oneStart(scratch.path)
    const warm = []
    for (let run = 0; run < warmRuns; run++) warm.push(await oneStart(scratch.path))
    return { first: round(first), warm: round(median(warm)) }
  } finally {
    await scratch.remove()
  }
}

async function oneStart(directory: string): Promise<number> {
  const port = await freePort()
  const [command = '', ...args] = programOf('taskwire')
  const begun = performance.now()
  const { DATABASE_URL: _, ...inherited } = process.env
  const child = spawn(command, args, {
    env: {
      ...inherited,
      TASKWIRE_DATA_DIR: join(directory, 'data'),
      NODE_COMPILE_CACHE: join(directory, 'compiled'),
      BETTER_AUTH_SECRET: SECRET,
      HOST: '127.0.0.1',
      PORT: String(port),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  atExit(() => child.kill('SIGKILL'))
  await ready(`http://127.0.0.1:${port}`, child)
  const seconds = (performance.now() - begun) / 1000
  await stopped(child)
  return seconds
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { first, warm } = await starts(Number(process.argv[2] ?? 5))
  process.stdout.write(`start to ready: ${first} s on an empty data directory, ${warm} s on one that exists\n`)
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100
}
