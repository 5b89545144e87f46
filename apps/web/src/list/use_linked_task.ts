import { useEffect } from 'react'
import type { Task } from '../client.ts'
import { go, type Route } from '../shell/route.ts'

interface LinkedTaskOptions {
  readonly route: Route
  readonly tasks: readonly Task[]
  /** Whether the list is loaded and not narrowed by a search. */
  readonly isComplete: boolean
  readonly onFound: (index: number) => void
}

/** Follows a link to a task: to its row, or to its history if the task is no longer in the list. */
export function useLinkedTask({ route, tasks, isComplete, onFound }: LinkedTaskOptions): void {
  const linked = route.panel === 'task' ? route.id : undefined
  useEffect(() => {
    if (linked === undefined || !isComplete) return
    const index = tasks.findIndex(({ id }) => id === linked)
    if (index >= 0) onFound(index)
    else go({ view: route.view, panel: 'history', id: linked }, 'replace')
    // Once for each link: later changes of the list must not move the focus again.
  }, [linked, isComplete])
}
