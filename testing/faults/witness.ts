import { type FileHandle, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A write that a server has confirmed. */
export interface Acknowledged {
  /** Identifies the write. */
  readonly key: string
  /** The written value, as far as it is compared. */
  readonly value?: string
}

export interface Comparison {
  readonly acknowledged: number
  /** Acknowledged, but not on the server. */
  readonly lost: string[]
  /** On the server more than once. */
  readonly doubled: string[]
  /** Acknowledged with another value than the server has. */
  readonly altered: string[]
  /** On the server without an acknowledgement: the response did not arrive. */
  readonly unconfirmed: string[]
}

/**
 * A client's journal of acknowledged writes. An acknowledgement counts once `record` has resolved: then it is on
 * disk, and survives crashes of the client, the server and the machine.
 */
export class Witness implements AsyncDisposable {
  readonly #file: FileHandle
  #waiting: { readonly line: string; readonly settle: (error?: unknown) => void }[] = []
  #writing: Promise<void> | undefined

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Opens a journal, or continues an existing one. */
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

  /** Resolves when the acknowledgement is on disk. Concurrent calls share one fsync. */
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

/** All acknowledgements in a journal. A last line that a crash truncated never counted, and is omitted. */
export async function acknowledgedIn(path: string): Promise<Acknowledged[]> {
  const { text } = await journal(path)
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Acknowledged)
}

/** Compares the acknowledged writes with those on the server. */
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
