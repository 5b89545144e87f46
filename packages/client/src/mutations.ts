import type { procedures } from './contract.ts'

type Procedures = typeof procedures

/** What the client must know of a mutation while it runs; types are gone by then. */
export interface MutationTraits {
  /** Its input takes an `idempotency_key`: with one it can be repeated after a lost answer. */
  readonly keyed: boolean
  /** It answers piece by piece. */
  readonly streamed: boolean
  /** A model works on the answer, or the server on many tasks: for minutes at most. */
  readonly slow?: boolean
}

const plain = { keyed: true, streamed: false } as const

/** Every mutation of the server. One that is missing here, or described wrongly, does not compile. */
export const mutations = {
  'task.batch': plain,
  'task.create': plain,
  'task.quick_add': plain,
  'task.update': plain,
  'task.toggle': plain,
  'task.complete': plain,
  'task.reopen': plain,
  'task.check': plain,
  'task.skip': plain,
  'task.move': plain,
  'task.delete': plain,
  'task.empty_trash': { keyed: false, streamed: false },
  'change.undo': plain,
  'feed.create': { keyed: false, streamed: false },
  'feed.delete': { keyed: false, streamed: false },
  'transfer.import': { ...plain, slow: true },
  'chat.send': { ...plain, slow: true },
  'chat.stream': { keyed: true, streamed: true, slow: true },
  'conversation.delete': { keyed: false, streamed: false },
  'viewer.update': { keyed: false, streamed: false },
  'webhook.create': { keyed: false, streamed: false },
  'webhook.update': { keyed: false, streamed: false },
  'webhook.delete': { keyed: false, streamed: false },
  'webhook.test': { keyed: false, streamed: false },
  'webhook.rotate': { keyed: false, streamed: false },
  'webhook.redeliver': { keyed: false, streamed: false },
  'reminder.update': { keyed: false, streamed: false },
} satisfies Traits

export function traitsOf(path: string): MutationTraits {
  const known: Readonly<Record<string, MutationTraits>> = mutations
  return known[path] ?? { keyed: false, streamed: false }
}

type Traits = {
  readonly [Path in MutationPath]: MutationTraits & {
    // An input without fields has every name as its key.
    keyed: string extends keyof Mutation<Path>['input']
      ? false
      : 'idempotency_key' extends keyof Mutation<Path>['input']
        ? true
        : false
    streamed: Mutation<Path>['output'] extends AsyncIterable<unknown> ? true : false
  }
}

type MutationPath = {
  [Router in Extract<keyof Procedures, string>]: {
    [Name in Extract<keyof Procedures[Router], string>]: Procedures[Router][Name] extends { type: 'mutation' }
      ? `${Router}.${Name}`
      : never
  }[Extract<keyof Procedures[Router], string>]
}[Extract<keyof Procedures, string>]

type Mutation<Path> = Path extends `${infer Router}.${infer Name}`
  ? Router extends keyof Procedures
    ? Name extends keyof Procedures[Router]
      ? Procedures[Router][Name] extends { input: unknown; output: unknown }
        ? Procedures[Router][Name]
        : never
      : never
    : never
  : never
