import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import type { OutputOptions } from './index.ts'

type Exit = number | NodeJS.Signals

/** A program that runs beside a test. It does not outlive the block that declares it. */
export class RunningProgram implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #reader: Interface
  /** What it has written so far. */
  readonly lines: string[] = []
  /** Its exit code, or the signal that ended it. */
  readonly exit: Promise<Exit>

  constructor(command: string, args: readonly string[], { cwd, env }: OutputOptions) {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    this.#reader = createInterface(child.stdout)
    this.#reader.on('line', (line) => this.lines.push(stripVTControlCharacters(line)))
    this.exit = once(child, 'exit').then(([code, signal]) => code ?? signal)
    this.exit.catch(() => {})
  }

  /** The first URL on loopback that it writes. */
  async address(): Promise<string> {
    const found = Promise.withResolvers<string>()
    const read = (line: string) => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+[\w/]*/.exec(stripVTControlCharacters(line)) ?? []
      if (url !== undefined) found.resolve(url.replace(/\/$/, ''))
    }
    this.lines.forEach(read)
    this.#reader.on('line', read)
    const ended = this.exit.then((exit) => {
      throw new Error(`It ended with ${exit} after: ${this.lines.join('\n')}`)
    })
    return Promise.race([found.promise, ended])
  }

  /** Sends a signal. Resolves when it has ended. */
  stop(signal: NodeJS.Signals): Promise<Exit> {
    this.#child.kill(signal)
    return this.exit
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode, pid } = this.#child
    if (exitCode === null && signalCode === null && pid !== undefined) await this.stop('SIGKILL')
  }
}
