import { isTaskwireError, wholeTask, type Change, type TaskwireClient } from '@taskwire/client'
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { dropTask, putTask, refreshLists } from './cache.ts'

export interface LiveOptions {
  readonly signal: AbortSignal
  /** Called when the connection is established and when it is lost. */
  readonly onConnection?: (connected: boolean) => void
}

/**
 * Keeps the queries in a cache up to date until `signal` aborts: tasks are replaced by version as changes arrive, and
 * lists and counts that are shown are fetched again. Misses nothing across lost connections.
 *
 * @throws TaskwireError if a retry cannot help, for example because the token is no longer valid.
 */
export async function followIntoCache(
  client: TaskwireClient,
  queryClient: QueryClient,
  options: LiveOptions,
): Promise<void> {
  const { signal, onConnection } = options
  while (!signal.aborted) {
    try {
      // The position first, then everything again that was read before it.
      const { next } = await client.change.list.query({}, { signal })
      await queryClient.invalidateQueries({ queryKey: ['taskwire'] })
      for await (const change of client.changes({ since: next, signal, ...(onConnection && { onConnection }) })) {
        apply(queryClient, change)
      }
    } catch (error) {
      if (signal.aborted) return
      // The log no longer reaches back to where this client was: start again.
      if (!isTaskwireError(error) || error.reason !== 'changes_expired') throw error
    }
  }
}

function apply(queryClient: QueryClient, { task_id, after }: Change): void {
  if (after === null) dropTask(queryClient, task_id)
  else putTask(queryClient, wholeTask(after))
  // Fetching again is the work of the cache, which reports a failure to those who show the query.
  void refreshLists(queryClient).catch(() => {})
}

/**
 * Keeps all queries of the component's `QueryClient` live while it is mounted. Use it once, near the root.
 *
 * @returns whether the connection is established, and the error that ended it for good.
 * @example
 * const { connected } = useLiveTasks(taskwire)
 */
export function useLiveTasks(client: TaskwireClient): { readonly connected: boolean; readonly error: unknown } {
  const queryClient = useQueryClient()
  const [state, setState] = useState<{ connected: boolean; error: unknown }>({ connected: false, error: null })
  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    const onConnection = (connected: boolean) => {
      if (!signal.aborted) setState({ connected, error: null })
    }
    followIntoCache(client, queryClient, { signal, onConnection }).catch((error: unknown) => {
      if (!signal.aborted) setState({ connected: false, error })
    })
    return () => leaving.abort()
  }, [client, queryClient])
  return state
}
