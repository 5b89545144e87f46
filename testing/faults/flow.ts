import type { Socket } from 'node:net'

export type Direction = 'toServer' | 'toClient'
/** How a connection ends: closed by FIN or reset by RST. */
export type Cut = 'fin' | 'reset'
/** An item in transit: bytes, the sender's own end, or a cut of the whole connection. */
export type Item = Buffer | 'end' | Cut

/** The current behaviour of the line, for all connections of a proxy. */
export interface Line {
  readonly delayMs: Record<Direction, number>
  readonly paused: Record<Direction, boolean>
  blackHole: boolean
}

/** Above this the proxy stops reading from the sender, as if the network were slow. */
const HELD_BYTES = 1_000_000

/** One direction of a connection: forwards what arrives, in order, as the line allows. */
export class Flow {
  readonly #queue: { readonly item: Item; readonly due: number }[] = []
  readonly #source: Socket
  readonly #target: Socket
  readonly #line: Line
  readonly #direction: Direction
  readonly #cut: (how: Cut) => void
  #held = 0
  #timer: NodeJS.Timeout | undefined

  constructor(ends: { source: Socket; target: Socket }, line: Line, direction: Direction, cut: (how: Cut) => void) {
    this.#source = ends.source
    this.#target = ends.target
    this.#line = line
    this.#direction = direction
    this.#cut = cut
    ends.target.on('drain', () => this.pump())
  }

  get held(): number {
    return this.#held
  }

  push(items: readonly Item[]): void {
    const due = performance.now() + this.#line.delayMs[this.#direction]
    for (const item of items) {
      this.#queue.push({ item, due })
      this.#held += sizeOf(item)
    }
    this.pump()
  }

  /** Sends the items that are due; call it when the line has changed. */
  pump(): void {
    clearTimeout(this.#timer)
    while (!this.#line.paused[this.#direction] && !this.#target.writableNeedDrain) {
      const first = this.#queue[0]
      if (first === undefined) break
      const early = first.due - performance.now()
      if (early > 0) {
        this.#timer = setTimeout(() => this.pump(), early)
        break
      }
      this.#queue.shift()
      this.#held -= sizeOf(first.item)
      if (!this.#send(first.item)) return
    }
    if (this.#held > HELD_BYTES || this.#line.paused[this.#direction] || this.#target.writableNeedDrain) {
      this.#source.pause()
    } else this.#source.resume()
  }

  drop(): void {
    clearTimeout(this.#timer)
    this.#queue.length = 0
    this.#held = 0
  }

  /** Sends an item; returns whether the connection still exists. */
  #send(item: Item): boolean {
    if (item === 'fin' || item === 'reset') {
      this.#cut(item)
      return false
    }
    if (item === 'end') this.#target.end()
    else this.#target.write(item)
    return true
  }
}

export function sizeOf(item: Item): number {
  return typeof item === 'string' ? 0 : item.length
}
