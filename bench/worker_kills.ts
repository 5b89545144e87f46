import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { atExit } from './at_exit.ts'
import { median } from './rounds.ts'
import { scratchDirectory } from './scratch.ts'
import { freePort, programOf, ready, SECRET, stopped } from './servers.ts'

// `node bench/worker_kills.ts [--kills 20]` kills one of two workers at a time, and prints how long the server says that
// it took until another one served, and of what that time consists: CPU time of the new worker's main thread, time in which
// that thread could have run and no core was free, and the rest, in which it waited for the database, the disk or the
// primary. The first also holds on a busy machine. Node keeps compiled code in a folder, as it does under `npm start`.

const { values } = parseArgs({ options: { kills: { type: 'string', default: '20' } } })
const RETURNED = /worker (\d+) serves again \(process (\d+)\), ([\d.]+) s after it was lost/
/** Longer than that a worker has to run to be replaced at once, and not after a second. */
const SETTLED_MS = 1500

/** One return of a worker, in seconds. */
interface Return {
  readonly seconds: number
  readonly cpu: number
  readonly queued: number
}

const scratch = await scratchDirectory()
const port = await freePort()
const [command = '', ...args] = programOf('taskwire')
const { DATABASE_URL: _, ...inherited } = process.env
const child = spawn(command, args, {
  env: {
    NODE_COMPILE_CACHE: `${scratch.path}/compiled`,
    ...inherited,
    TASKWIRE_DATA_DIR: scratch.path,
    BETTER_AUTH_SECRET: SECRET,
    HOST: '127.0.0.1',
    PORT: String(port),
    WORKERS: '2',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
})
atExit(() => child.kill('SIGKILL'))
const returns: Return[] = []
createInterface(child.stdout).on('line', (line) => {
  const [, , pid, after] = RETURNED.exec(line) ?? []
  if (pid === undefined) return
  returns.push({ seconds: Number(after), ...mainThread(Number(pid)) })
})
try {
  await ready(`http://127.0.0.1:${port}`, child)
  for (let kill = 0; kill < Number(values.kills); kill++) {
    await pause(SETTLED_MS)
    process.kill(workers()[kill % 2] ?? 0, 'SIGKILL')
    while (returns.length <= kill) await pause(10)
  }
  console.log(`until a killed worker served again: ${summary(({ seconds }) => seconds)}`)
  console.log(`CPU time of its main thread: ${summary(({ cpu }) => cpu)}`)
  console.log(`without a free core: ${summary(({ queued }) => queued)}`)
  console.log(`rest: ${summary(({ seconds, cpu, queued }) => seconds - cpu - queued)}`)
} finally {
  await stopped(child)
  await scratch.remove()
}

function workers(): number[] {
  return readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
    .split(' ')
    .map(Number)
    .filter((pid) => pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('\0--worker\0'))
}

/** Seconds that the main thread of a process has run, and that it has waited for a core. */
function mainThread(pid: number): { cpu: number; queued: number } {
  const [cpu = 0, queued = 0] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8')
    .split(' ')
    .map((nanoseconds) => Number(nanoseconds) / 1e9)
  return { cpu, queued }
}

function summary(of: (each: Return) => number): string {
  const values = returns.map(of)
  return `median ${median(values).toFixed(2)} s, longest ${Math.max(...values).toFixed(2)} s`
}
