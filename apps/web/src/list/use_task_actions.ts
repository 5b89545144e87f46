import { useMemo } from 'react'
import type { Task } from '../client.ts'
import { differingFields, zoneOfTask, skippedTask } from '@taskwire/offline'
import { dueText } from '../views/due_text.ts'
import { momentOf } from '../views/use_moment.ts'
import { t } from '../texts/texts.ts'
import { useWorkspace, type Workspace } from '../workspace.ts'
import { dueChange } from './plan.ts'

/** What can be done to one task from its row, its menu, the editor and the command palette. Each can be undone. */
export interface TaskActions {
  /** Returns whether the task is completed now. */
  readonly toggle: (task: Task) => boolean
  readonly remove: (task: Task) => void
  /** Moves a recurring task to its next day. */
  readonly skip: (task: Task) => void
  readonly plan: (task: Task, due_date: string | null) => void
  readonly prioritise: (task: Task, priority: Task['priority']) => void
  readonly check: (task: Task, item_id: string, done: boolean) => void
}

export function useTaskActions(): TaskActions {
  const workspace = useWorkspace()
  return useMemo(() => taskActions(workspace), [workspace])
}

function taskActions({ dispatch, messages, notify, settings }: Workspace): TaskActions {
  function edit(task: Task, changes: Partial<Task>, said: (changed: Task) => string): void {
    const fields = differingFields(changes, task)
    if (Object.keys(fields).length === 0) return
    const write = dispatch(task.id, { kind: 'edit', fields }, task)
    messages.offerUndo(said({ ...task, ...fields }), write)
  }

  const dueSaid = (task: Task) => {
    const due = dueText(task, momentOf(settings.current()))
    return due === null ? t.actions.noDate(task.title) : t.actions.isDue(task.title, due)
  }

  return {
    toggle(task) {
      const write = dispatch(task.id, { kind: task.completed ? 'reopen' : 'complete' }, task)
      if (!task.completed) messages.announce('completed', write)
      return !task.completed
    },
    remove(task) {
      messages.announce('deleted', dispatch(task.id, { kind: 'delete' }, task))
    },
    skip(task) {
      const zone = zoneOfTask(task, settings.current().time_zone)
      const skipped = skippedTask(task, new Date(), zone)
      if (skipped === undefined) return notify(t.actions.noNextDay(task.title))
      messages.offerUndo(dueSaid(skipped), dispatch(task.id, { kind: 'skip', zone }, task))
    },
    plan: (task, due_date) => edit(task, dueChange(task, due_date), dueSaid),
    prioritise: (task, priority) =>
      edit(task, { priority }, () =>
        priority === null
          ? t.actions.noPriority(task.title)
          : t.actions.hasPriority(task.title, t.fields.priority[priority]),
      ),
    check(task, item_id, done) {
      dispatch(task.id, { kind: 'check', item_id, done }, task)
    },
  }
}
