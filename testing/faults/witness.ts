import { type FileHandle, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A write that a server has confirmed. */
export interface Acknowledged {
  /** Names the write, and no other. */
  readonly key: string
  /** What was written, as far as it is to be compared. */
  readonly value?: string
}

export interface Comparison {
  readonly acknowledged: number
  /** Acknowledged, but the server does not have it. */
  readonly lost: string[]
  /** On the server more than once. */
  readonly doubled: string[]
  /** Acknowledged with another value than the server has. */
  readonly altered: string[]
  /** On the server without an acknowledgement: its answer did not arrive. */
  readonly unconfirmed: string[]
}

/**
 * A client's journal of acknowledged writes. An acknowledgement counts once `record` has resolved: then it is on the
 * disk, and outlives the client, the server and the machine.
 */
export class Witness implements AsyncDisposable {
  readonly #file: FileHandle
  #waiting: { readonly line: string; readonly settle: (error?: unknown) => void }[] = []
  #writing: Promise<void> | undefined

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Opens a journal, or goes on with one that is there. */
  static async open(path: string): Promise<Witness> {
    const { length, whole } = await journal(path)
    const file = await open(path, 'a')
    if (whole < length) await file.truncate(whole)
    await file.sync()
    const folder = await open(dirname(path))
    await folder.sync()
    await folder.close()
    return new Witness(file)
  }

  /** Resolves when the acknowledgement is on the disk. Those that come at once share one fsync. */
  record(acknowledged: Acknowledged): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: unknown) => (error === undefined ? resolve() : reject(error))
      this.#waiting.push({ line: `${JSON.stringify(acknowledged)}\n`, settle })
      this.#writing ??= this.#write()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing
    await this.#file.close()
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      const error = await this.#append(batch.map(({ line }) => line).join('')).catch((cause: unknown) => cause)
      for (const { settle } of batch) settle(error)
    }
    this.#writing = undefined
  }

  async #append(text: string): Promise<undefined> {
    await this.#file.appendFile(text)
    await this.#file.sync()
  }
}

/** Everything that a journal says was acknowledged. A last line that a crash cut off never counted, and is left out. */
export async function acknowledgedIn(path: string): Promise<Acknowledged[]> {
  const { text } = await journal(path)
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Acknowledged)
}

/** Holds what was acknowledged against what the server has. */
export function compare(acknowledged: readonly Acknowledged[], present: readonly Acknowledged[]): Comparison {
  const found = new Map<string, Acknowledged[]>()
  for (const one of present) found.set(one.key, [...(found.get(one.key) ?? []), one])
  const known = new Set(acknowledged.map(({ key }) => key))
  const differs = ({ key, value }: Acknowledged) =>
    value !== undefined && found.get(key)?.some((one) => one.value !== value) === true
  return {
    acknowledged: known.size,
    lost: [...known].filter((key) => !found.has(key)),
    doubled: [...found].filter(([, all]) => all.length > 1).map(([key]) => key),
    altered: acknowledged.filter(differs).map(({ key }) => key),
    unconfirmed: [...found.keys()].filter((key) => !known.has(key)),
  }
}

async function journal(path: string): Promise<{ text: string; length: number; whole: number }> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
  const whole = bytes.lastIndexOf('\n') + 1
  return { text: bytes.toString('utf8', 0, whole), length: bytes.length, whole }
}
