import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  type Operation,
  splitLink,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { type Fetch, fetchStreamed, fetchWhole } from './response.ts'
import { type RetryOptions, safeCalls } from './calls.ts'
import { type Changes, changesOf } from './changes.ts'
import { limits } from './contract_data.ts'
import { TaskwireError } from './error.ts'
import { traitsOf } from './mutations.ts'
import type { AppRouter } from './router.ts'
import { subscriptions } from './subscriptions.ts'
import { type SentTokens, type Token, tokenSource } from './token.ts'

export interface TaskwireClientOptions {
  /** Where the server is, such as `http://127.0.0.1:8000`. */
  readonly url: string
  readonly token: Token
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch
  /**
   * Whether `fetch` can read a response while it arrives. Without that, `changes()` polls; subscriptions and `chat.stream`
   * fail with `streaming_unsupported`. Default: whether the global `Response` can, or true if `fetch` is given.
   */
  readonly streaming?: boolean
  /** How often `changes()` polls where `fetch` cannot stream, in milliseconds. Default: 2,000. */
  readonly pollMs?: number
  /** How long calls are tried, and how often. */
  readonly retry?: RetryOptions
}

/** A tRPC client of the server's router (`client.task.create.mutate({ title })`), and its changes. */
export type TaskwireClient = TRPCClient<AppRouter> & { readonly changes: Changes }

/**
 * Creates a typed client of a Taskwire server. It batches calls and repeats them when that is safe; every write gets an
 * idempotency key, so that a repeat has no second effect. Its calls throw only `TaskwireError`.
 *
 * @throws TypeError if `url` is not a string.
 * @throws TaskwireError from each call: `reason` says why. Codes of the server are in `apiErrors`.
 * @example
 * const taskwire = createTaskwireClient({ url: 'http://127.0.0.1:8000', token: () => getToken() })
 * const task = await taskwire.task.create.mutate({ title: 'Buy groceries' })
 */
export function createTaskwireClient(options: TaskwireClientOptions): TaskwireClient {
  const url = endpoint(options.url)
  // Looked up at each call, so that replacing the global one later affects this client too.
  const fetch: Fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const tokens = tokenSource(options.token)
  const sent: SentTokens = new WeakMap()
  const streaming = options.streaming ?? (options.fetch !== undefined || canStream())

  async function authorization(operations: readonly Operation[]) {
    const token = await tokens.current()
    for (const { context } of operations) sent.set(context, token)
    return { authorization: `Bearer ${token}` }
  }

  const batches = {
    url,
    maxItems: limits.batchCalls,
    maxURLLength: MAX_URL_LENGTH,
    headers: ({ opList }: { opList: readonly Operation[] }) => authorization(opList),
  }
  const trpc = createTRPCClient<AppRouter>({
    links: [
      safeCalls({ tokens, sent, retry: options.retry ?? {} }),
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: streaming ? subscriptions({ url, fetch, tokens }) : unsupported,
        false: splitLink({
          condition: ({ type, path }) => type === 'mutation' && traitsOf(path).streamed,
          true: streaming ? httpBatchStreamLink({ ...batches, fetch: fetchStreamed(fetch) }) : unsupported,
          false: splitLink({
            condition: (op) => fitsBatch(op, url),
            true: httpBatchLink({ ...batches, fetch: fetchWhole(fetch) }),
            false: httpLink({ url, fetch: fetchWhole(fetch), headers: ({ op }) => authorization([op]) }),
          }),
        }),
      }),
    ],
  })
  const changes = changesOf({
    url: `${url}/change.subscribe`,
    fetch,
    tokens,
    page: (since, signal) =>
      trpc.change.list.query(since === undefined ? {} : { since, limit: limits.pageItems }, { signal }),
    streaming,
    pollMs: options.pollMs ?? 2_000,
  })
  // tRPC's client is a proxy that takes every name for a router's, so `changes` is looked up first.
  return new Proxy(trpc, {
    get: (target, name, receiver) => (name === 'changes' ? changes : Reflect.get(target, name, receiver)),
  }) as TaskwireClient
}

/** A URL of this length passes every proxy. */
const MAX_URL_LENGTH = 2000

/** Whether the global `fetch` can. React Native's waits for the whole response. */
function canStream(): boolean {
  return typeof Response === 'function' && 'body' in Response.prototype
}

/** Fails every call. */
const unsupported: TRPCLink<AppRouter> = () => () =>
  observable((observer) => observer.error(new TaskwireError('streaming_unsupported')))

function endpoint(url: string): string {
  const base = url.replace(/\/+$/, '')
  return base.endsWith('/trpc') ? base : `${base}/trpc`
}

/** A query that is too long for a batch is sent alone, whatever its length. */
function fitsBatch({ type, path, input }: Operation, url: string): boolean {
  if (type === 'mutation') return true
  const query = encodeURIComponent(JSON.stringify({ 0: input }))
  return url.length + path.length + query.length + '/?batch=1&input='.length <= MAX_URL_LENGTH
}
