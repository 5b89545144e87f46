import type { PostgresError } from './postgres_errors.ts'

/** The step of a statement at which an injected error occurs. A simple Query covers all of them at once. */
export type Step = 'parse' | 'bind' | 'execute' | 'sync'

export interface Injection extends PostgresError {
  /** `start-up` fails new connections. By default a statement fails with its first message: Query, Parse or Bind. */
  readonly at?: 'start-up' | Step
  /** Only statements whose text matches. */
  readonly matching?: RegExp
  /** How many times, 1 by default; `Infinity` until `remove()`. */
  readonly times?: number
}

/** An armed fault: how often it has occurred so far, and a way to remove it. */
export interface Fault {
  readonly hits: number
  remove(): void
}

/** The injections of a proxy, shared by its connections. */
export class Injections {
  readonly #armed: { readonly injection: Injection; left: number; hits: number }[] = []

  add(injection: Injection): Fault {
    const entry = { injection, left: injection.times ?? 1, hits: 0 }
    this.#armed.push(entry)
    return {
      get hits() {
        return entry.hits
      },
      remove: () => void (entry.left = 0),
    }
  }

  /** Uses up an injection for a new connection. */
  atStartUp(): PostgresError | undefined {
    return this.#take(({ at }) => at === 'start-up')
  }

  /** Uses up an injection for one message; a Query stands for all the steps at once. */
  atStep(steps: readonly Step[], text: string): PostgresError | undefined {
    return this.#take(({ at, matching }) => {
      if (at === 'start-up' || (matching !== undefined && text.search(matching) < 0)) return false
      return at === undefined ? steps.includes('parse') || steps.includes('bind') : steps.includes(at)
    })
  }

  #take(fits: (injection: Injection) => boolean): PostgresError | undefined {
    const entry = this.#armed.find(({ injection, left }) => left > 0 && fits(injection))
    if (entry === undefined) return undefined
    entry.left -= 1
    entry.hits += 1
    return entry.injection
  }
}
