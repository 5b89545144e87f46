import { useState } from 'react'
import type { Task } from '../client.ts'
import { positionAt, type NewPlace } from '@taskwire/offline'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'
import type { Neighbours } from './gestures/drag_row.ts'
import type { ListItem } from './list_items.ts'

export type MoveTarget = 'up' | 'down' | 'first' | 'last'

interface MoveOptions {
  readonly items: readonly ListItem[]
  /** Whether the list is sorted by the manual order. */
  readonly isManual: boolean
}

/** Moves tasks in the manual order, within their group of the list, and says where they stand then. */
export function useMove({ items, isManual }: MoveOptions) {
  const { dispatch, notify, replica } = useWorkspace()
  const [announcement, setAnnouncement] = useState('')

  function groupOf(task: Task): readonly Task[] {
    const item = items.find((one) => one.kind === 'task' && one.task.id === task.id)
    return item === undefined || item.group.isFolded === true ? [] : item.group.tasks
  }

  /** Puts a task at an index among the others of its group. Returns false if it stands there already. */
  function moveTo(task: Task, index: number): boolean {
    const group = groupOf(task)
    const others = group.filter(({ id }) => id !== task.id)
    const [above, below] = [others[index - 1], others[index]]
    const places: NewPlace[] = [...(above ? [{ after: above.id }] : []), ...(below ? [{ before: below.id }] : [])]
    const [place, otherwise] = places
    const elsewhere = replica.snapshot().tasks.filter(({ id }) => id !== task.id)
    const position = place && positionAt(place, elsewhere)
    if (place === undefined || position === undefined || group.indexOf(task) === index) return false
    dispatch(task.id, { kind: 'move', place, ...(otherwise && { otherwise }), position }, task)
    setAnnouncement(t.actions.movedTo(task.title, index + 1, group.length))
    return true
  }

  return {
    announcement,
    canMove: (task: Task) => isManual && !task.completed && groupOf(task).length > 1,
    moveTo,
    /** Moves a task by one place, or to an end of its group. Returns whether it moved. */
    move(task: Task, target: MoveTarget): boolean {
      if (!isManual) {
        notify(t.actions.sortToMove)
        return false
      }
      const group = groupOf(task)
      const last = group.length - 1
      const at = group.findIndex(({ id }) => id === task.id)
      const index = { up: at - 1, down: at + 1, first: 0, last }[target]
      return at >= 0 && moveTo(task, Math.max(0, Math.min(index, last)))
    },
    /** Moves a task between two others, as after a drag. */
    drop(task: Task, { above, below }: Neighbours): boolean {
      const keys = groupOf(task).flatMap(({ id }) => (id === task.id ? [] : [replica.rowKey(id)]))
      const index = above === undefined ? keys.indexOf(below ?? 0) : keys.indexOf(above) + 1
      return index >= 0 && moveTo(task, index)
    },
  }
}
