import type { TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import { isRecord, taskwireError } from './error.ts'
import { follow, type SubscriptionSource } from './follow.ts'
import type { AppRouter } from './router.ts'
import { anySignal } from './waiting.ts'

/** Reads subscriptions by fetch: an EventSource could send the token only in the URL. */
export function subscriptions({
  url,
  fetch,
  tokens,
}: Pick<SubscriptionSource, 'url' | 'fetch' | 'tokens'>): TRPCLink<AppRouter> {
  return () =>
    ({ op }) =>
      observable((observer) => {
        const left = new AbortController()
        const signal = op.signal ? anySignal([op.signal, left.signal]) : left.signal
        const input = () => Promise.resolve(isRecord(op.input) ? op.input : {})
        const events = follow({ url: `${url}/${op.path}`, fetch, tokens, input, signal })
        const told = async () => {
          observer.next({ result: { type: 'state', state: 'connecting', error: null } })
          for await (const event of events) {
            if (event.type === 'connected') {
              observer.next({ result: { type: 'started' } })
              observer.next({ result: { type: 'state', state: 'pending', error: null } })
            } else if (event.type === 'event') {
              const { id, data } = event
              observer.next({ result: { id, data: { id, data } } })
            } else if (event.type === 'passing') {
              observer.next({ result: { data: event.data } })
            } else {
              observer.next({ result: { type: 'state', state: 'connecting', error: event.error } })
            }
          }
          observer.next({ result: { type: 'stopped' } })
          observer.next({ result: { type: 'state', state: 'idle', error: null } })
          observer.complete()
        }
        told().catch((cause: unknown) => observer.error(taskwireError(cause)))
        return () => left.abort()
      })
}
