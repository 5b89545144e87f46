import { z } from 'zod'
import type { CompletedCall } from './conversation.ts'

const knownTask = z.object({
  id: z.int(),
  title: z.string(),
  completed: z.boolean(),
  description: z.string().nullish(),
  version: z.int().optional(),
  priority: z.string().nullish(),
  tags: z.array(z.string()).optional(),
  due_date: z.string().nullish(),
  due_time: z.string().nullish(),
})
/** A task as list_tasks describes it. */
export type KnownTask = z.infer<typeof knownTask>

/** A page of tasks; `more` if it is not the last. */
export interface TaskList {
  readonly tasks: readonly KnownTask[]
  readonly more: boolean
}

const listResult = z.object({ tasks: z.array(knownTask), next_cursor: z.string().nullable() })

/** The tasks that a call of list_tasks returned; undefined for failed calls and other tools. */
export function taskListIn({ result }: CompletedCall): TaskList | undefined {
  const { data } = listResult.safeParse(result)
  return data && { tasks: data.tasks, more: data.next_cursor !== null }
}
