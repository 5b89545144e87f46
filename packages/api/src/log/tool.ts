import { z } from 'zod'
import type { ToolMeta } from '../core/meta.ts'
import { changeOutput, undoInput, undoneOutput, type Change } from './schema.ts'

/** What an undo took back, by the kind of its own change. */
const opposites: Readonly<Record<Change['kind'], Change['kind']>> = {
  created: 'deleted',
  deleted: 'created',
  restored: 'deleted',
  completed: 'reopened',
  reopened: 'completed',
  updated: 'updated',
}

export const undo: ToolMeta = {
  name: 'undo',
  title: 'Undo',
  description:
    'Undo a change: restores a deleted task, an earlier title, and so on. Without seq, your own latest change ' +
    'that is not undone yet, with all that the same call did; call again to go further back. If it answers undo_conflict, the task was changed since: ' +
    'say so, and set what is wanted with the other tools.',
  input: undoInput.omit({ through: true }),
  output: z.object({
    task_id: z.int(),
    status: z.literal('undone'),
    title: z.string(),
    version: z.int(),
    seq: z.int(),
    undone: z.array(z.object({ seq: z.int(), task_id: z.int(), kind: z.string() })),
  }),
  result: (answer) => {
    const changes = undoneOutput.safeParse(answer).data?.changes ?? [changeOutput.parse(answer)]
    const last = changes.at(-1)
    const task = last?.after ?? last?.before
    const undone = changes.map(({ undoes, task_id, kind }) => ({ seq: undoes, task_id, kind: opposites[kind] }))
    return {
      task_id: last?.task_id,
      status: 'undone',
      title: task?.title,
      version: task?.version,
      seq: last?.seq,
      undone,
    }
  },
  destructive: true,
  // Undoing a creation deletes the task.
  removes: true,
}
