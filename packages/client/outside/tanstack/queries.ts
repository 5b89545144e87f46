import { MutationObserver, QueryClient } from '@tanstack/react-query'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { createTaskwireClient, type AppRouter, type RouterOutputs, type Task } from '@taskwire/client'

// The client beside the library that most users of tRPC have: compiled and run outside the workspace, with one copy of
// tRPC for both.

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Expect<T extends true> = T
type Page = RouterOutputs['task']['list']

export async function walk(url: string, token: string): Promise<{ titles: string[]; refused: unknown }> {
  const client = createTaskwireClient({ url, token })
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient })

  const create = new MutationObserver(queryClient, trpc.task.create.mutationOptions())
  const made = []
  for (const title of ['a', 'b', 'c']) made.push(await create.mutate({ title }))

  const first = await queryClient.fetchQuery(trpc.task.list.queryOptions({ limit: 1 }))
  const all = await queryClient.fetchInfiniteQuery({
    ...trpc.task.list.infiniteQueryOptions({ limit: 2 }, { getNextPageParam: (last) => last.next_cursor }),
    pages: 2,
  })

  const missing = trpc.task.get.queryOptions({ task_id: 2_000_000_000 })
  const refused = await queryClient.fetchQuery(missing).catch((error: { reason: unknown }) => error.reason)

  const { pages } = all

  type Checks = [
    Expect<Equal<typeof made, Task[]>>,
    Expect<Equal<typeof first, Page>>,
    Expect<Equal<typeof pages, Page[]>>,
  ]
  const checked: Checks = [true, true, true]
  // @ts-expect-error a title is text
  trpc.task.create.mutationOptions({ onSuccess: (task) => checked && task.title.toFixed() })
  // @ts-expect-error there is no such status
  trpc.task.list.queryOptions({ status: 'late' })

  queryClient.clear()
  return { titles: pages.flatMap(({ items }) => items.map(({ title }) => title)), refused }
}
