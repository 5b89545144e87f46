import { useEffect, useRef } from 'react'
import type { Moment } from '@taskwire/calendar'
import type { ListQuery } from '../shell/route.ts'
import { go } from '../shell/route.ts'
import { isInView } from '../views/group_tasks.ts'
import { useWorkspace } from '../workspace.ts'
import { t } from '../texts/texts.ts'

/** Says that a task is not in the view that is shown, if so, and offers to show it, until a view does. */
export function useShowTask(query: ListQuery, moment: Moment): (id: number, verb: 'added' | 'saved') => void {
  const { replica, messages } = useWorkspace()
  const hidden = useRef<{ readonly id: number; readonly withdraw: () => void }>(undefined)

  useEffect(() => {
    const task = hidden.current && replica.task(hidden.current.id)
    if (task === undefined || !isInView(task, query, moment)) return
    hidden.current?.withdraw()
    hidden.current = undefined
  })

  return (id, verb) => {
    const task = replica.task(id)
    if (task === undefined) return
    // What was said of another task would cover this one, which is shown.
    if (isInView(task, query, moment)) return hidden.current?.withdraw()
    const withdraw = messages.offer(t.messages.hidden[verb](task.title), {
      label: t.messages.show,
      run: () => go({ view: 'all', panel: 'task', id }),
    })
    hidden.current = { id, withdraw }
  }
}
