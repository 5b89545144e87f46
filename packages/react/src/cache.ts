import type { Task } from '@taskwire/client'
import type { QueryClient, QueryKey } from '@tanstack/react-query'

/** Replaces a task wherever the cache holds it, in lists, pages and alone, unless what is there is newer. */
export function putTask(queryClient: QueryClient, task: Task): void {
  changeTasks(queryClient, (known) =>
    known.id === task.id && known.version < task.version ? { ...known, ...task } : known,
  )
}

/** Removes a task from the lists and pages in the cache. */
export function dropTask(queryClient: QueryClient, task_id: number): void {
  changeTasks(queryClient, (known) => (known.id === task_id ? undefined : known))
}

/** Applies `change` to every cached task. Returns how to restore what was there; what has changed since is read again. */
export function changeTasks(queryClient: QueryClient, change: (task: Task) => Task | undefined): () => void {
  const before: { key: QueryKey; data: unknown; shown: unknown }[] = []
  for (const [key, data] of queryClient.getQueriesData({ queryKey: ['taskwire'] })) {
    const [, path] = key
    if (path !== 'task.get' && path !== 'task.list') continue
    const changed = changedData(data, change)
    if (changed === data || changed === undefined) continue
    before.push({ key, data, shown: queryClient.setQueryData(key, changed) })
  }
  return () => {
    for (const { key, data, shown } of before) {
      // Another write or a change from elsewhere, which what was there before would take back.
      if (queryClient.getQueryData(key) === shown) queryClient.setQueryData(key, data)
      else void queryClient.invalidateQueries({ queryKey: key, exact: true }).catch(() => {})
    }
  }
}

/** Marks what depends on which tasks there are: lists, counts, histories. Those that are shown are fetched again. */
export function refreshLists(queryClient: QueryClient): Promise<void> {
  return queryClient.invalidateQueries({
    queryKey: ['taskwire'],
    predicate: ({ queryKey: [, path] }) =>
      typeof path === 'string' && /^(task|change|reminder)\./.test(path) && path !== 'task.get',
  })
}

interface Page {
  readonly items: readonly Task[]
}

function changedData(data: unknown, change: (task: Task) => Task | undefined): unknown {
  if (isPages(data)) {
    const pages = data.pages.map((page) => changedPage(page, change))
    return pages.every((page, index) => page === data.pages[index]) ? data : { ...data, pages }
  }
  if (isPage(data)) return changedPage(data, change)
  return isTask(data) ? change(data) : data
}

function changedPage(page: Page, change: (task: Task) => Task | undefined): Page {
  const items = page.items.flatMap((task) => change(task) ?? [])
  const isSame = items.length === page.items.length && items.every((task, index) => task === page.items[index])
  return isSame ? page : { ...page, items }
}

function isPages(data: unknown): data is { readonly pages: readonly Page[] } {
  return isRecord(data) && Array.isArray(data['pages'])
}

function isPage(data: unknown): data is Page {
  return isRecord(data) && Array.isArray(data['items'])
}

function isTask(data: unknown): data is Task {
  return isRecord(data) && typeof data['id'] === 'number' && typeof data['version'] === 'number'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
