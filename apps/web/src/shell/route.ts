import { useSyncExternalStore } from 'react'

export const views = ['all', 'pending', 'completed', 'trash'] as const
export type View = (typeof views)[number]

export const panels = ['history', 'chat', 'keys', 'help', 'menu'] as const
export type Panel = (typeof panels)[number]

/** The parsed address, such as `#/pending/history/57`. */
export interface Route {
  readonly view: View
  readonly panel?: Panel | 'task'
  readonly id?: number
}

export function routeOf(hash: string): Route {
  const [, view, panel, id] = hash.split('/')
  const known = views.find((name) => name === view) ?? 'all'
  const open = panel === 'task' ? panel : panels.find((name) => name === panel)
  const number = Number(id)
  return {
    view: known,
    ...(open && { panel: open }),
    ...(Number.isSafeInteger(number) && number > 0 && { id: number }),
  }
}

export function hrefOf({ view, panel, id }: Route): string {
  return ['#', view, panel, id].filter((part) => part !== undefined).join('/')
}

export function useRoute(): Route {
  return routeOf(useSyncExternalStore(onHash, () => location.hash))
}

/** Opens a view or panel; `replace` adds no entry to the browser's history. */
export function go(route: Route, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') location.hash = hrefOf(route)
  else location.replace(hrefOf(route))
}

/** Closes the panel that is open. */
export function closePanel(): void {
  go({ view: routeOf(location.hash).view })
}

function onHash(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}
