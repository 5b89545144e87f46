import type { Change } from '@taskwire/api'

/** A listener's own copy of the tasks, built from changes only. */
export type Copy = Map<number, Change['after']>

export function apply(copy: Copy, { task_id, after }: Change): void {
  if (after === null) copy.delete(task_id)
  else copy.set(task_id, after)
}

/** A list of tasks in the form of a copy. */
export function copyOf(tasks: readonly NonNullable<Change['after']>[]): Copy {
  return new Map(tasks.map((task) => [task.id, task]))
}
