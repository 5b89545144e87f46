import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chown } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Debian's `nobody`: PostgreSQL and PgBouncer refuse to run as root. */
const NOBODY = 65534

/** A program that a test runs. Disposing of it kills it. */
export interface Child extends AsyncDisposable {
  readonly pid: number
  /** Its output on stdout and stderr so far. */
  output(): string
  running(): boolean
  signal(signal: NodeJS.Signals): void
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
}

/**
 * Starts a program without root privileges. It is killed with the process that started it, so that a test run
 * that is killed leaves nothing behind.
 */
export function startChild(command: string, args: readonly string[]): Child {
  const child = spawn('setpriv', [...unprivileged(), command, ...args], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let running = true
  const keep = (chunk: Buffer) => void (output += chunk.toString())
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      running = false
      resolve()
    }
    child.once('exit', end)
    child.once('error', (error) => {
      output += error.message
      end()
    })
  })
  return {
    pid: child.pid ?? -1,
    output: () => output,
    running: () => running,
    signal: (signal) => void child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Runs a program without root privileges until it exits. Resolves to its output; rejects if it failed. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('setpriv', [...unprivileged(), command, ...args], { cwd: '/' })
  return stdout
}

function unprivileged(): string[] {
  return [...(isRoot() ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : []), '--pdeathsig=QUIT']
}

/** Makes a file or folder accessible to the programs that `startChild` starts. */
export async function giveAway(path: string): Promise<void> {
  if (isRoot()) await chown(path, NOBODY, NOBODY)
}

/** The running child processes of a process. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}
