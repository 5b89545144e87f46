import type { Fault } from './injections.ts'
import { typeOf } from './postgres_messages.ts'
import type { Cut, Direction, Item } from './flow.ts'

/** Cuts the first connection that has sent this many more bytes in this direction, right after the last of them. */
export interface ByteCut {
  readonly direction: Direction
  readonly bytes: number
  readonly how: Cut
}

/** Cuts the first connection on which such a message of PostgreSQL's protocol passes. */
export interface MessageCut {
  readonly direction: Direction
  /** The message's type byte: `Q`, `S`, ... from the client; `C` (CommandComplete), `Z`, `D`, ... from the server. */
  readonly type: string
  /** Matched against the message's bytes, read as Latin-1. */
  readonly matching?: RegExp
  /** `before`: the message is lost; `after`: it is the last one that arrives. */
  readonly place: 'before' | 'after'
  readonly how: Cut
}

/** The armed cuts of a proxy. Each happens once. */
export class Cuts {
  readonly #byBytes: (ByteCut & { hits: number; armed: boolean; readonly sent: WeakMap<object, number> })[] = []
  readonly #byMessage: (MessageCut & { hits: number; armed: boolean })[] = []

  afterBytes(cut: ByteCut): Fault {
    const entry = { ...cut, hits: 0, armed: true, sent: new WeakMap<object, number>() }
    this.#byBytes.push(entry)
    return faultOf(entry)
  }

  atMessage(cut: MessageCut): Fault {
    const entry = { ...cut, hits: 0, armed: true }
    this.#byMessage.push(entry)
    return faultOf(entry)
  }

  /** The items to send on this connection: truncated and followed by a cut if a limit is reached. */
  counted(connection: object, direction: Direction, items: readonly Item[]): Item[] {
    const result: Item[] = []
    for (const item of items) {
      const reached = typeof item === 'string' ? undefined : this.#count(connection, direction, item.length)
      if (reached === undefined || typeof item === 'string') result.push(item)
      else return [...result, item.subarray(0, reached.bytes), reached.how]
    }
    return result
  }

  forMessage(direction: Direction, message: Buffer): MessageCut | undefined {
    const entry = this.#byMessage.find(
      (cut) =>
        cut.armed &&
        cut.direction === direction &&
        cut.type === typeOf(message) &&
        (cut.matching === undefined || message.toString('latin1').search(cut.matching) >= 0),
    )
    return entry && hit(entry)
  }

  #count(connection: object, direction: Direction, length: number): { bytes: number; how: Cut } | undefined {
    for (const entry of this.#byBytes) {
      if (!entry.armed || entry.direction !== direction) continue
      const before = entry.sent.get(connection) ?? 0
      entry.sent.set(connection, before + length)
      if (before + length >= entry.bytes) return { bytes: entry.bytes - before, how: hit(entry).how }
    }
    return undefined
  }
}

function hit<T extends { hits: number; armed: boolean }>(entry: T): T {
  entry.hits += 1
  entry.armed = false
  return entry
}

function faultOf(entry: { hits: number; armed: boolean }): Fault {
  return {
    get hits() {
      return entry.hits
    },
    remove: () => void (entry.armed = false),
  }
}
