import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { TaskwireError, type TaskwireClient } from '@taskwire/client'
import { Window } from 'happy-dom'
import { act, createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, onTestFinished, test } from 'vitest'
import { useLiveTasks } from './live.ts'

type Options = NonNullable<Parameters<TaskwireClient['changes']>[0]>

/** A server that is followed until its signal aborts, or until it fails. */
function server() {
  const followed: Options[] = []
  const failing = Promise.withResolvers<never>()
  async function* changes(options: Options) {
    followed.push(options)
    yield* []
    await Promise.race([failing.promise, new Promise((resolve) => options.signal?.addEventListener('abort', resolve))])
  }
  const list = { query: async () => ({ next: 1, changes: [], has_more: false }) }
  const client = { change: { list }, changes } as unknown as TaskwireClient
  return { client, followed, fail: failing.reject }
}

/** Lets React carry out what comes of `work`. */
const settled = (work: () => unknown) =>
  act(async () => {
    await work()
    await new Promise(setImmediate)
  })

/** What a component that keeps its queries live is told. */
async function live(first: TaskwireClient) {
  const window = new Window()
  Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true })
  const queryClient = new QueryClient()
  onTestFinished(() => queryClient.clear())
  const told: ReturnType<typeof useLiveTasks>[] = []
  function Live({ client }: { readonly client: TaskwireClient }) {
    told.push(useLiveTasks(client))
    return null
  }
  const root = createRoot(window.document.createElement('main') as unknown as Element)
  const follow = (client: TaskwireClient) =>
    settled(() =>
      root.render(createElement(QueryClientProvider, { client: queryClient }, createElement(Live, { client }))),
    )
  await follow(first)
  return { told, follow, unmount: () => settled(() => root.unmount()) }
}

test('a component is told of its connection, and of the error that ends it for good', async () => {
  const { client, fail, followed } = server()
  const { told, unmount } = await live(client)
  expect(told).toEqual([{ connected: false, error: null }])
  await settled(() => followed[0]?.onConnection?.(true))
  await settled(() => followed[0]?.onConnection?.(false))
  await settled(() => followed[0]?.onConnection?.(true))
  expect(told.slice(1).map(({ connected }) => connected)).toEqual([true, false, true])
  const error = new TaskwireError('token_malformed')
  await settled(() => fail(error))
  expect(told.at(-1)).toEqual({ connected: false, error })
  await unmount()
})

test('a component that is left, or has another client, follows the one before no longer', async () => {
  const [first, second] = [server(), server()]
  const { told, follow, unmount } = await live(first.client)
  await follow(second.client)
  expect([first.followed, second.followed].map((options) => options[0]?.signal?.aborted)).toEqual([true, false])
  const before = told.length
  await settled(() => first.followed[0]?.onConnection?.(true))
  expect(told.length).toBe(before)
  await unmount()
  expect(second.followed[0]?.signal?.aborted).toBe(true)
})
