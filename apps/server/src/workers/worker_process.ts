import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { AttemptCounts } from '../auth/attempt_counts.ts'
import { environmentWith } from '../config/env.ts'
import { isFromWorker, type FromWorker, type WorkerQuery, type ToWorker } from './messages.ts'
import { WORKER_FLAG } from './role.ts'

const ANSWER_MS = 5_000

export interface WorkerProcessOptions {
  /** Variables of its environment. */
  readonly variables: Readonly<Record<string, string>>
  /** Counts the attempts of all workers. */
  readonly attempts: AttemptCounts
}

/** One worker, seen from the primary. */
export class WorkerProcess {
  readonly number: number
  readonly #attempts: AttemptCounts
  readonly startedAt = performance.now()
  #serves = false
  readonly #child: ChildProcess
  readonly #asked = new Map<number, (answer: unknown) => void>()
  /** Connections on their way to the worker, each with what to do if they do not arrive. */
  readonly #giving = new Map<Socket, () => void>()
  #questions = 0

  /** Starts the program of this process again, as worker `number`. */
  constructor(number: number, { variables, attempts }: WorkerProcessOptions) {
    this.number = number
    this.#attempts = attempts
    const [, program = ''] = process.argv
    this.#child = fork(program, [WORKER_FLAG, String(number)], { env: environmentWith(variables) })
    // Sending to a process that is about to die fails; its exit says so as well.
    this.#child.on('error', () => {})
    this.#child.on('message', (message: unknown) => {
      if (isFromWorker(message)) this.#receive(message)
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Whether connections can be given to it. */
  get isServing(): boolean {
    return this.#serves && this.#child.connected
  }

  /** Calls back when it accepts connections. */
  onServing(listener: () => void): void {
    this.#child.on('message', (message: unknown) => {
      if (isFromWorker(message) && message.type === 'serving') listener()
    })
  }

  /** Calls back once it has ended, with how. */
  onExit(listener: (how: string) => void): void {
    this.#child.once('exit', (code, signal) => {
      this.#serves = false
      for (const answer of this.#asked.values()) answer(undefined)
      this.#asked.clear()
      // Node sends the next one once the worker has confirmed the last; it forgets those that are left.
      const left = [...this.#giving.values()]
      this.#giving.clear()
      for (const giveBack of left) giveBack()
      listener(signal ?? `exit code ${code}`)
    })
  }

  /** Gives a connection away; `onError` gets it back if the worker could not take it. */
  give(socket: Socket, onError: () => void): void {
    const message: ToWorker = { type: 'connection' }
    this.#giving.set(socket, onError)
    this.#child.send(message, socket, (error) => {
      this.#giving.delete(socket)
      // Not at once: as long as nothing else runs, nothing shows that the worker is gone.
      if (error !== null) setImmediate(onError)
    })
  }

  tell(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  /** Its answer; undefined if it ends first or does not answer in time. */
  ask(about: WorkerQuery): Promise<unknown> {
    const id = ++this.#questions
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#answer(id, undefined), ANSWER_MS)
      this.#asked.set(id, (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      if (!this.#child.connected) this.#answer(id, undefined)
      else this.tell({ type: 'ask', id, about })
    })
  }

  async exited(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #receive(message: FromWorker): void {
    if (message.type === 'serving') this.#serves = true
    if (message.type === 'answer') this.#answer(message.id, message.answer)
    if (message.type === 'count') {
      this.tell({ type: 'counted', id: message.id, allowance: this.#attempts(message.of, message.key) })
    }
  }

  #answer(id: number, answer: unknown): void {
    this.#asked.get(id)?.(answer)
    this.#asked.delete(id)
  }
}
