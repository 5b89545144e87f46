import { useEffect } from 'react'
import type { Task } from '../client.ts'
import { go, type Route } from '../shell/route.ts'

interface LinkedTaskOptions {
  readonly route: Route
  readonly tasks: readonly Task[]
  /** The list is the whole one: loaded, and not narrowed by a search. */
  readonly isWhole: boolean
  readonly onFound: (index: number) => void
}

/** Follows a link to a task: to its row, or to its history where it is no longer in the list. */
export function useLinkedTask({ route, tasks, isWhole, onFound }: LinkedTaskOptions): void {
  const linked = route.panel === 'task' ? route.id : undefined
  useEffect(() => {
    if (linked === undefined || !isWhole) return
    const index = tasks.findIndex(({ id }) => id === linked)
    if (index >= 0) onFound(index)
    else go({ view: route.view, panel: 'history', id: linked }, 'replace')
    // Once for a link: what changes in the list afterwards does not lead there again.
  }, [linked, isWhole])
}
