import type { Task } from '../client.ts'
import type { TaskGroup } from '../views/group_tasks.ts'

/** What stands in the list one below the other: headings, and the tasks of groups that are not folded. */
export type ListItem =
  | { readonly kind: 'heading'; readonly group: TaskGroup }
  | { readonly kind: 'task'; readonly task: Task; readonly row: number; readonly group: TaskGroup }

/** The tasks' `row` counts them from the top, without the headings. */
export function listItems(groups: readonly TaskGroup[], isUnfolded: boolean): ListItem[] {
  const items: ListItem[] = []
  let row = 0
  for (const group of groups) {
    if (group.title !== null) items.push({ kind: 'heading', group })
    if (group.isFolded === true && !isUnfolded) continue
    for (const task of group.tasks) items.push({ kind: 'task', task, row: row++, group })
  }
  return items
}

export function tasksOf(items: readonly ListItem[]): Task[] {
  return items.flatMap((item) => (item.kind === 'task' ? [item.task] : []))
}
