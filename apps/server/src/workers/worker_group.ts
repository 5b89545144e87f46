import type { Socket } from 'node:net'
import type { WorkerQuery } from './messages.ts'
import { WorkerProcess, type WorkerProcessOptions } from './worker_process.ts'

export interface WorkerGroupOptions extends WorkerProcessOptions {
  readonly count: number
  readonly log: (line: string) => void
  /** How many connections wait while no worker serves. Beyond it they are closed. */
  readonly maxWaiting?: number
}

/** A worker that ends sooner than this was not stopped by chance: another one at once would end like it. */
const SOON_MS = 1000
const MAX_WAITING = 1000

/** The workers of a server. One that dies is replaced; connections go to those that serve, in turn. */
export class WorkerGroup {
  readonly #options: WorkerGroupOptions
  readonly #workers = new Map<number, WorkerProcess>()
  readonly #waiting: Socket[] = []
  readonly #restarts = new Set<NodeJS.Timeout>()
  /** Since when no process serves as this worker. */
  readonly #lostSince = new Map<number, number>()
  #turn = 0
  #lost: (number: number) => void = () => {}
  #started = false
  #stopping = false

  constructor(options: WorkerGroupOptions) {
    this.#options = options
  }

  /** Starts the first worker, and the others once it serves. Rejects if it ends before, for it has said why. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const first = this.#fork(0)
      first.onServing(resolve)
      first.onExit((how) => reject(new FirstWorkerError(how)))
    })
    this.#started = true
    for (let number = 1; number < this.#options.count; number++) this.#fork(number)
  }

  give(socket: Socket): void {
    const serving = [...this.#workers.values()].filter(({ isServing }) => isServing)
    const worker = serving[this.#turn++ % serving.length]
    if (worker !== undefined) return worker.give(socket, () => this.give(socket))
    if (this.#stopping || this.#waiting.length >= (this.#options.maxWaiting ?? MAX_WAITING)) socket.destroy()
    else this.#waiting.push(socket)
  }

  /** Calls back with the number of each worker that ends without having been told to. */
  onLost(listener: (number: number) => void): void {
    this.#lost = listener
  }

  /** The answers of all workers that serve. */
  async ask(about: WorkerQuery): Promise<{ number: number; answer: unknown }[]> {
    const serving = [...this.#workers.values()].filter(({ isServing }) => isServing)
    const answers = serving.map(async (worker) => ({ number: worker.number, answer: await worker.ask(about) }))
    return (await Promise.all(answers)).filter(({ answer }) => answer !== undefined)
  }

  /** Turns readiness off; the workers serve on. */
  beginStop(): void {
    this.#stopping = true
    for (const timer of this.#restarts) clearTimeout(timer)
    for (const worker of this.#workers.values()) worker.tell({ type: 'stopping' })
  }

  /** Lets requests that begin now wait until `stop`. */
  pause(): void {
    for (const worker of this.#workers.values()) worker.tell({ type: 'pause' })
  }

  /** Lets the workers finish; those that have not ended in time are killed. */
  async stop(timeoutMs: number): Promise<void> {
    const workers = [...this.#workers.values()]
    for (const socket of this.#waiting.splice(0)) socket.destroy()
    for (const worker of workers) worker.tell({ type: 'drain' })
    const timer = setTimeout(() => workers.forEach((worker) => worker.kill()), timeoutMs)
    await Promise.all(workers.map((worker) => worker.exited()))
    clearTimeout(timer)
  }

  #fork(number: number): WorkerProcess {
    const worker = new WorkerProcess(number, this.#options)
    this.#workers.set(number, worker)
    worker.onServing(() => {
      if (this.#stopping) worker.tell({ type: 'stopping' })
      this.#logReturn(worker)
      for (const socket of this.#waiting.splice(0)) this.give(socket)
    })
    worker.onExit((how) => {
      this.#workers.delete(number)
      // Of the first start, start() tells.
      if (this.#stopping || !this.#started) return
      this.#lost(number)
      if (!this.#lostSince.has(number)) this.#lostSince.set(number, performance.now())
      this.#options.log(`worker ${number} (process ${worker.pid}) ended: ${how}; starting another`)
      this.#restart(number, performance.now() - worker.startedAt < SOON_MS ? SOON_MS : 0)
    })
    return worker
  }

  #logReturn({ number, pid }: WorkerProcess): void {
    const lostSince = this.#lostSince.get(number)
    if (lostSince === undefined) return
    this.#lostSince.delete(number)
    const seconds = ((performance.now() - lostSince) / 1000).toFixed(2)
    this.#options.log(`worker ${number} serves again (process ${pid}), ${seconds} s after it was lost`)
  }

  #restart(number: number, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#restarts.delete(timer)
      this.#fork(number)
    }, delayMs)
    this.#restarts.add(timer)
  }
}

/** Thrown when the first worker ends before it serves. It has written the reason itself. */
export class FirstWorkerError extends Error {
  override readonly name = 'FirstWorkerError'
  /** Whether the worker ended by itself, and so has said why. */
  readonly isExplained: boolean

  constructor(how: string) {
    super(`the first worker could not start: ${how}`)
    this.isExplained = how === 'exit code 1'
  }
}
