import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { median } from './rounds.ts'
import { scratchDirectory } from './scratch.ts'
import { cpuTime, freePort, programs, ready, SECRET, stopped } from './servers.ts'

// `node bench/worker_kills.ts [--kills 20]` kills one of two workers at a time, and prints how long the server says that
// it took until another one served, and the CPU time that this one had used by then: that also holds on a busy machine.
// Node keeps compiled code in a folder, as it does under `npm start`.

const { values } = parseArgs({ options: { kills: { type: 'string', default: '20' } } })
const RETURNED = /worker (\d+) serves again \(process (\d+)\), ([\d.]+) s after it was lost/
/** Longer than that a worker has to run to be replaced at once, and not after a second. */
const SETTLED_MS = 1500

const scratch = await scratchDirectory()
const port = await freePort()
const [command = '', ...args] = programs.taskwire
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
const seconds: number[] = []
const cpu: number[] = []
createInterface(child.stdout).on('line', (line) => {
  const [, , pid, after] = RETURNED.exec(line) ?? []
  if (pid === undefined) return
  cpu.push(cpuTime(Number(pid)) / 1e6)
  seconds.push(Number(after))
})
try {
  await ready(`http://127.0.0.1:${port}`, child)
  for (let kill = 0; kill < Number(values.kills); kill++) {
    await pause(SETTLED_MS)
    process.kill(workers()[kill % 2] ?? 0, 'SIGKILL')
    while (seconds.length <= kill) await pause(10)
  }
  console.log(`${summary(seconds)} until a killed worker served again; CPU time of its start ${summary(cpu)}`)
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

function summary(values: readonly number[]): string {
  return `median ${median(values).toFixed(2)} s, longest ${Math.max(...values).toFixed(2)} s`
}
