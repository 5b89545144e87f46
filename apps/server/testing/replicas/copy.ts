import type { Change } from '@taskwire/api'

/** A listener's own copy of the tasks, made of changes alone. */
export type Copy = Map<number, Change['after']>

export function apply(copy: Copy, { task_id, after }: Change): void {
  if (after === null) copy.delete(task_id)
  else copy.set(task_id, after)
}

/** The tasks of a list as a copy would hold them. */
export function copyOf(tasks: readonly NonNullable<Change['after']>[]): Copy {
  return new Map(tasks.map((task) => [task.id, task]))
}
