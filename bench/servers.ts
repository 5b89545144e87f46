import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { heapFlags } from '../scripts/heap.mjs'
import { atExit } from './at_exit.ts'

export const SECRET = 'a-secret-for-the-bench-alone-0123456789'

/** A server under test, in a separate process on the first core. */
export interface Server {
  readonly name: string
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

let bundle: string | undefined

/** What `npm start` runs, built of the sources as they are when it is first asked for. */
function bundled(): string {
  if (bundle === undefined) {
    execFileSync(process.execPath, [file('../apps/server/bundle.mjs')])
    bundle = file('../apps/server/dist/start.mjs')
  }
  return bundle
}

/** The commands of servers to compare with. */
const others = {
  reference: [process.execPath, file('reference.ts')],
  'node:http': [process.execPath, file('reference_http.ts')],
  // Debian's Python, whose packages it needs.
  fastapi: ['/usr/bin/python3', file('fastapi/server.py')],
}

export type ProgramName = 'taskwire' | keyof typeof others

/** The command of a server: ours with the flags of `npm start`, or another. */
export function programOf(name: ProgramName): readonly string[] {
  return name === 'taskwire' ? [process.execPath, ...heapFlags(), bundled()] : others[name]
}

/** Starts a server; `flags` replaces Node's flags of its program. */
export function startServer(
  name: ProgramName,
  env: Record<string, string>,
  flags?: readonly string[],
): Promise<Server> {
  const program = programOf(name)
  return launch(name, flags === undefined ? program : [process.execPath, ...flags, program.at(-1) ?? ''], env)
}

/** Starts a program that serves on `PORT`, and resolves when it is ready. */
export async function launch(name: string, program: readonly string[], env: Record<string, string>): Promise<Server> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const [command, ...args] = onCore(0, program)
  const child = spawn(command, args, {
    env: { ...process.env, BETTER_AUTH_SECRET: SECRET, ...env, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  atExit(() => child.kill('SIGKILL'))
  await ready(url, child)
  return { name, url, pid: child.pid ?? 0, stop: () => stopped(child) }
}

/** Resolves when the server reports that it is ready. It polls every 5 ms, so that starts can be timed. */
export async function ready(url: string, child: ChildProcess): Promise<void> {
  const deadline = AbortSignal.timeout(60_000)
  for (;;) {
    if (deadline.aborted) throw new Error(`${url} did not become ready within a minute`)
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`)
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined)
    if (answer?.ok) return
    await pause(5)
  }
}

export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await exit
}

/** A command pinned to one core if the system supports it. */
export function onCore(core: number, command: readonly string[]): [string, ...string[]] {
  const [program = '', ...args] = command
  return hasTaskset ? ['taskset', '-c', String(core), program, ...args] : [program, ...args]
}
const hasTaskset = spawnSync('taskset', ['--version']).status === 0

/** CPU time in microseconds that all threads of a process have used, as the kernel counts it (10 ms steps). */
export function cpuTime(pid: number): number {
  const [utime = 0, stime = 0] = afterName(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    .slice(11, 13)
    .map(Number)
  return (utime + stime) * 10_000
}

/** Resident memory in megabytes: current and maximum. */
export function memory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (field: string) => Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024)
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') }
}

/** A process and its children. */
export function processesOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return [pid, ...children.map(Number)]
}

/** Megabytes of several processes: the sum of what is resident, and the same with pages that they share counted once. */
export function residentMemory(pids: readonly number[]): { rss: number; pss: number } {
  const sum = (field: string) => {
    const kilobytes = pids.map((pid) => {
      const [, value] =
        new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? []
      return Number(value)
    })
    return Math.round(kilobytes.reduce((total, each) => total + each, 0) / 1024)
  }
  return { rss: sum('Rss'), pss: sum('Pss') }
}

// The second field is the program's name in parentheses, which may contain spaces.
const afterName = (stat: string) => stat.slice(stat.lastIndexOf(')') + 2).split(' ')

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
