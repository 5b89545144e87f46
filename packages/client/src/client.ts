import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  type Operation,
  splitLink,
  type TRPCClient,
} from '@trpc/client'
import { type Fetch, streamedAnswers, wholeAnswers } from './answer.ts'
import { type Patience, safeCalls } from './calls.ts'
import { type Changes, changesOf } from './changes.ts'
import { traitsOf } from './mutations.ts'
import type { AppRouter } from './router.ts'
import { subscriptions } from './subscriptions.ts'
import { type SentTokens, type Token, tokenSource } from './token.ts'

export interface TaskwireClientOptions extends Patience {
  /** Where the server is, such as `http://127.0.0.1:8000`. */
  readonly url: string
  readonly token: Token
  /** Default: the global one. */
  readonly fetch?: Fetch
}

/** A tRPC client of the server's router (`client.task.create.mutate({ title })`), and its changes. */
export type TaskwireClient = TRPCClient<AppRouter> & { readonly changes: Changes }

/**
 * The typed door to a Taskwire server. Calls are batched and repeated where that is safe; every write gets an
 * idempotency key, so that a repeat has no second effect. Throws nothing but `TaskwireError`.
 */
export function createTaskwireClient(options: TaskwireClientOptions): TaskwireClient {
  const url = endpoint(options.url)
  // Looked up at each call: who replaces the global one later means this client too.
  const fetch: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const tokens = tokenSource(options.token)
  const sent: SentTokens = new WeakMap()

  async function authorization(operations: readonly Operation[]) {
    const token = await tokens.current()
    for (const { context } of operations) sent.set(context, token)
    return { authorization: `Bearer ${token}` }
  }

  const batches = {
    url,
    maxItems: MAX_BATCH,
    maxURLLength: MAX_URL_LENGTH,
    headers: ({ opList }: { opList: readonly Operation[] }) => authorization(opList),
  }
  const trpc = createTRPCClient<AppRouter>({
    links: [
      safeCalls({ tokens, sent, patience: options }),
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: subscriptions({ url, fetch, tokens }),
        false: splitLink({
          condition: ({ type, path }) => type === 'mutation' && traitsOf(path).streamed,
          true: httpBatchStreamLink({ ...batches, fetch: streamedAnswers(fetch) }),
          false: splitLink({
            condition: (op) => fitsBatch(op, url),
            true: httpBatchLink({ ...batches, fetch: wholeAnswers(fetch) }),
            false: httpLink({ url, fetch: wholeAnswers(fetch), headers: ({ op }) => authorization([op]) }),
          }),
        }),
      }),
    ],
  })
  const changes = changesOf({
    url: `${url}/change.subscribe`,
    fetch,
    tokens,
    end: async (signal) => (await trpc.change.list.query({}, { signal })).next,
  })
  // The client of tRPC is a proxy that takes every name for a router's, so `changes` stands before it.
  return new Proxy(trpc, {
    get: (target, name, receiver) => (name === 'changes' ? changes : Reflect.get(target, name, receiver)),
  }) as TaskwireClient
}

const MAX_BATCH = 10
/** What every proxy on the way lets through. */
const MAX_URL_LENGTH = 2000

function endpoint(url: string): string {
  const base = url.replace(/\/+$/, '')
  return base.endsWith('/trpc') ? base : `${base}/trpc`
}

/** A query that is too long for a batch goes alone, as long as it is. */
function fitsBatch({ type, path, input }: Operation, url: string): boolean {
  if (type === 'mutation') return true
  const query = encodeURIComponent(JSON.stringify({ 0: input }))
  return url.length + path.length + query.length + '/?batch=1&input='.length <= MAX_URL_LENGTH
}
