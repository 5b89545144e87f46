import { useSyncExternalStore } from 'react'

export const views = ['today', 'upcoming', 'all', 'completed', 'tag', 'trash'] as const
export type View = (typeof views)[number]

export const panels = ['history', 'chat', 'account', 'keys', 'webhooks', 'settings', 'help', 'menu'] as const
export type Panel = (typeof panels)[number]

export const priorities = ['high', 'medium', 'low', 'none'] as const
export type WantedPriority = (typeof priorities)[number]

/** Which tasks a screen lists: a view, narrowed by search and priority. */
export interface ListQuery {
  readonly view: View
  /** The tag that the view `tag` lists. */
  readonly tag?: string
  readonly search?: string
  readonly priority?: WantedPriority
  /** How tasks are sorted, unless as the view does by itself. */
  readonly sort?: string
}

/** The parsed address, such as `#/tag/home/history/57?search=paint`. */
export interface Route extends ListQuery {
  readonly panel?: Panel | 'task'
  readonly id?: number
}

export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [name, ...parts] = path.split('/')
  const view = viewOf(name, parts[0])
  const tag = view === 'tag' ? decoded(parts.shift()) : undefined
  const [panel, id] = parts
  const open = panel === 'task' ? panel : panels.find((known) => known === panel)
  const number = Number(id)
  return {
    view,
    ...(tag !== undefined && { tag }),
    ...filtersOf(new URLSearchParams(query)),
    ...(open && { panel: open }),
    ...(open && Number.isSafeInteger(number) && number !== 0 && { id: number }),
  }
}

/** Whether an address names a view that exists; the one without a name is that of the first. */
export function namesView(hash: string): boolean {
  const [name = ''] = hash.replace(/^#\/?/, '').split(/[/?]/)
  return name === '' || views.some((known) => known === name)
}

/** An address that names no view leads to the first one. */
function viewOf(name: string | undefined, tag: string | undefined): View {
  // The list of pending tasks is the one of all now.
  if (name === 'pending') return 'all'
  const view = views.find((known) => known === name) ?? 'today'
  return view === 'tag' && (tag ?? '') === '' ? 'all' : view
}

function filtersOf(query: URLSearchParams): Pick<ListQuery, 'search' | 'priority' | 'sort'> {
  const [search, sort] = [query.get('search'), query.get('sort')]
  const priority = priorities.find((known) => known === query.get('priority'))
  return { ...(search && { search }), ...(priority && { priority }), ...(sort && { sort }) }
}

function decoded(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? '')
  } catch {
    return part ?? ''
  }
}

export function hrefOf({ view, tag, panel, id, search, priority, sort }: Route): string {
  const place = view === 'tag' ? ['tag', encodeURIComponent(tag ?? '')] : [view]
  const path = ['#', ...place, panel, id].filter((part) => part !== undefined).join('/')
  const filters = Object.entries({ search, priority, sort }).filter(([, value]) => value !== undefined && value !== '')
  // A space as %20, not as +: the address is read by people.
  const query = filters.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&')
  return query === '' ? path : `${path}?${query}`
}

/** The address without the panel that is open. */
export function listOf({ panel: _panel, id: _id, ...list }: Route): ListQuery {
  return list
}

/** The address that the browser shows. */
export function currentRoute(): Route {
  return routeOf(location.hash)
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash)
  return routeOf(hash)
}

const listeners = new Set<() => void>()

/** Opens a view or panel; `replace` adds no entry to the browser's history. */
export function go(route: Route, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') {
    location.hash = hrefOf(route)
    return
  }
  history.replaceState(history.state, '', hrefOf(route))
  for (const listener of listeners) listener()
}

/** Narrows or sorts the list of the address anew: a link may just have led to another one than is still shown. */
export function narrow(change: Partial<ListQuery>): void {
  go({ ...listOf(currentRoute()), ...change }, 'replace')
}

/** Closes the panel that is open. Going back does not open it again. */
export function closePanel(): void {
  go(listOf(currentRoute()), 'replace')
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('hashchange', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('hashchange', listener)
  }
}
