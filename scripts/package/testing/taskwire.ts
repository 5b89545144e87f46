import { spawn, type ChildProcess } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** How the command `taskwire` of an installed package ended, which was run in a folder. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface InstalledPackage {
  /** The path of its command. */
  readonly program: string
  /** The folder in which it runs. */
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

export function start({ program, cwd, env }: InstalledPackage, args: readonly string[]): ChildProcess {
  return startProgram([process.execPath, program, ...args], { cwd, env })
}

function startProgram([file = '', ...args]: readonly string[], { cwd, env }: Omit<InstalledPackage, 'program'>) {
  // Not the environment of the tests: a user of the package has none of it.
  return spawn(file, args, {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

export async function run(installed: InstalledPackage, args: readonly string[]): Promise<Ended> {
  const child = start(installed, args)
  const code = new Promise<number | null>((resolve) => child.on('close', resolve))
  if (child.stdout === null || child.stderr === null) throw new Error('the command has no output')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, stdout, stderr }
}

/** Starts the server, by another program where one is given, and returns its address once it serves. */
export async function serving({ program, cwd, env }: InstalledPackage, by = [process.execPath, program]) {
  const child = startProgram(by, { cwd, env: { PORT: '0', ...env } })
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve))
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      const at = /running at (\S+)/.exec(output)?.[1]
      if (at !== undefined) resolve(at)
    })
    void closed.then((code) => reject(new Error(`the server exited with ${code}: ${output}`)))
  })
  return { child, url, closed, output: () => output }
}
