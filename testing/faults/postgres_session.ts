import type { Injections, Step } from './injections.ts'
import type { Direction, Item } from './flow.ts'
import type { PostgresError } from './postgres_errors.ts'
import { errorResponse, MessageReader, openingOf, parse, query, stringsOf, typeOf } from './postgres_messages.ts'

const REFUSED_ENCRYPTION = Buffer.from('N')

/** The part of a proxy that a session needs. */
export interface SessionFaults {
  readonly injections: Injections
  /** Whether the connection is to be cut before or after this message. */
  cutAt(direction: Direction, message: Buffer): { readonly place: 'before' | 'after'; readonly how: Item } | undefined
}

/**
 * Parses the traffic of one connection and makes statements fail. Instead of the message that is to fail, the server
 * gets one that does not parse, so that it rolls back, skips to the next Sync and responds in order as with any
 * error of its own; its ErrorResponse is then replaced by the injected one.
 */
export class PostgresSession {
  readonly #faults: SessionFaults
  readonly #fromClient = new MessageReader()
  readonly #fromServer = new MessageReader()
  readonly #statements = new Map<string, string>()
  readonly #portals = new Map<string, string>()
  /** The errors to put into the server's next responses, by the marker in the server's own message. */
  readonly #pending = new Map<string, PostgresError>()
  #marks = 0
  #started = false
  /** True between an injected failure and the next Sync, which the server skips. */
  #skipping = false
  /** The texts since the last Sync. */
  #cycle: string[] = []

  constructor(faults: SessionFaults) {
    this.#faults = faults
  }

  /** What to send to the server for what the client sent; `reply` goes back at once. */
  fromClient(chunk: Buffer, reply: (item: Item) => void): Item[] {
    this.#fromClient.add(chunk)
    const items: Item[] = []
    for (;;) {
      const message = this.#fromClient.next(this.#started)
      if (message === undefined) return items
      if (this.#started) items.push(...this.#around('toServer', message, this.#altered(message)))
      else items.push(...this.#opened(message, reply))
    }
  }

  /** What to send to the client for what the server sent. */
  fromServer(chunk: Buffer): Item[] {
    this.#fromServer.add(chunk)
    const items: Item[] = []
    for (;;) {
      const message = this.#fromServer.next()
      if (message === undefined) return items
      items.push(...this.#around('toClient', message, this.#answered(message)))
    }
  }

  #opened(message: Buffer, reply: (item: Item) => void): Item[] {
    const opening = openingOf(message)
    if (opening === 'encryption') {
      // Encrypted traffic could not be parsed.
      reply(REFUSED_ENCRYPTION)
      return []
    }
    this.#started = true
    const error = opening === 'session' ? this.#faults.injections.atStartUp() : undefined
    if (error === undefined) return [message]
    reply(errorResponse(error))
    reply('fin')
    return []
  }

  #around(direction: Direction, message: Buffer, items: Item[]): Item[] {
    const cut = this.#faults.cutAt(direction, message)
    if (cut === undefined) return items
    return cut.place === 'before' ? [cut.how] : [...items, cut.how]
  }

  #altered(message: Buffer): Item[] {
    const type = typeOf(message)
    const { steps, text } = this.#statement(type, message)
    if (type === 'S' || type === 'Q') this.#cycle = []
    const error = steps.length === 0 || this.#skipping ? undefined : this.#faults.injections.atStep(steps, text)
    if (type === 'S') this.#skipping = false
    if (error === undefined) return [message]
    const mark = `taskwire_fault_${(this.#marks += 1)}_`
    this.#pending.set(mark, error)
    if (type === 'Q') return [query(mark)]
    this.#skipping = type !== 'S'
    return type === 'S' ? [parse(mark), message] : [parse(mark)]
  }

  /** The steps and the statement of a message; no step if it belongs to no statement. */
  #statement(type: string, message: Buffer): { readonly steps: Step[]; readonly text: string } {
    if (type === 'S') return { steps: ['sync'], text: this.#cycle.join(';\n') }
    if (!'QPBE'.includes(type)) return { steps: [], text: '' }
    const [first = '', second = ''] = stringsOf(message, type === 'Q' || type === 'E' ? 1 : 2)
    if (type === 'Q') return { steps: ['parse', 'bind', 'execute', 'sync'], text: first }
    if (type === 'E') return { steps: ['execute'], text: this.#portals.get(first) ?? '' }
    const text = type === 'P' ? second : (this.#statements.get(second) ?? '')
    if (type === 'P') this.#statements.set(first, text)
    else this.#portals.set(first, text)
    this.#cycle.push(text)
    return { steps: [type === 'P' ? 'parse' : 'bind'], text }
  }

  #answered(message: Buffer): Item[] {
    if (this.#pending.size === 0 || typeOf(message) !== 'E') return [message]
    const mark = /taskwire_fault_\d+_/.exec(message.toString('latin1'))?.[0] ?? ''
    const error = this.#pending.get(mark)
    if (error === undefined) return [message]
    this.#pending.delete(mark)
    return error.severity === 'FATAL' ? [errorResponse(error), 'fin'] : [errorResponse(error)]
  }
}
