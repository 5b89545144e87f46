import { isDeepStrictEqual } from 'node:util'
import { runForCaller } from '@taskwire/db'
import { z } from 'zod'
import type { ToolPresentation, ToolResult } from '../core/meta.ts'
import type { Services } from '../core/services.ts'
import { readChanges } from '../log/log.ts'
import type { Change } from '../log/schema.ts'
import { leanTask } from './lean_task.ts'
import { taskInput, taskOutput, type LoggedTask, type Task } from './schema.ts'

/** As many changes as answer "who did this, and when?" without filling the context of a model. */
const HISTORY = 20

/** The tool that reads one task whole, and what was done to it. */
export const getTask: ToolPresentation & ToolResult = {
  name: 'get_task',
  title: 'Get task',
  description:
    'Get a task with all its fields; with history: true also its last 20 changes, each with the seq for undo.',
  input: taskInput.extend({ history: z.boolean().optional() }),
  toInput: (args) => {
    const { history: _, ...fields } = args
    return fields
  },
  output: z.object({
    task: leanTask,
    changes: z.array(z.looseObject({ seq: z.int(), kind: z.string() })).optional(),
  }),
  result: async (answer, services, { history }) => {
    const task = taskOutput.parse(answer)
    return history === true ? { task, changes: await changesOf(services, task) } : { task }
  },
}

async function changesOf({ db }: Services, { user_id, id }: Task) {
  const changes = await runForCaller({ user_id }, () =>
    readChanges(db, { where: { user_id, task_id: id }, orderBy: { seq: 'desc' }, take: HISTORY }),
  )
  return changes.map(leanChange)
}

/** A change with the fields in which its two sides differ; of a creation or a deletion, only the title. */
function leanChange(full: Change) {
  const { task_id: _, before, after, undoes, part_of, batch, conversation_id, ...change } = full
  const set = Object.entries({ conversation_id, undoes, part_of, batch }).filter(([, value]) => value !== null)
  return { ...change, ...Object.fromEntries(set), before: differing(before, after), after: differing(after, before) }
}

function differing(task: LoggedTask | null, other: LoggedTask | null): Record<string, unknown> | null {
  if (task === null) return null
  if (other === null) return { title: task.title }
  const rest: Readonly<Record<string, unknown>> = other
  const names = Object.entries(task).filter(
    ([name, value]) => name !== 'updated_at' && !isDeepStrictEqual(value, rest[name]),
  )
  return Object.fromEntries(names)
}
