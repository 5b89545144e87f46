import { useEffect } from 'react'
import type { Task } from '../client.ts'
import { go, listOf, type Route } from '../shell/route.ts'
import { useWorkspace } from '../workspace.ts'

interface LinkedTaskOptions {
  readonly route: Route
  readonly tasks: readonly Task[]
  /** Whether all tasks are loaded. */
  readonly isComplete: boolean
  readonly onFound: (row: number) => void
}

/**
 * Follows a link to a task: to its row, in another view if this one does not show it, or to its history if the task is
 * no longer in any list.
 */
export function useLinkedTask({ route, tasks, isComplete, onFound }: LinkedTaskOptions): void {
  const { replica } = useWorkspace()
  const linked = route.panel === 'task' ? route.id : undefined
  useEffect(() => {
    if (linked === undefined || !isComplete) return
    const task = replica.task(linked)
    const row = tasks.findIndex(({ id }) => id === task?.id)
    if (row >= 0) return onFound(row)
    if (task === undefined) return go({ ...listOf(route), panel: 'history', id: linked }, 'replace')
    // A search must not hide the task that a link leads to, and completed ones are folded in all views but theirs.
    const view = task.completed ? 'completed' : 'all'
    if (route.view !== view || isNarrowed(route)) go({ view, panel: 'task', id: linked }, 'replace')
    // Once for each link: later changes of the list must not move the focus again.
  }, [linked, isComplete, route.view, isNarrowed(route)])
}

function isNarrowed({ search, priority }: Route): boolean {
  return (search ?? '') !== '' || priority !== undefined
}
