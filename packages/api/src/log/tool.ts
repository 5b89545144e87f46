import { z } from 'zod'
import type { ToolMeta } from '../core/meta.ts'
import { changeOutput, undoInput } from './schema.ts'

export const undo: ToolMeta = {
  name: 'undo',
  description:
    'Undo a change: restores a deleted task, an earlier title, and so on. Without seq, your own latest change ' +
    'that is not undone yet; call again to go further back. If it answers undo_conflict, the task was changed since: ' +
    'say so, and set what is wanted with the other tools.',
  input: undoInput,
  output: z.object({ task_id: z.int(), status: z.literal('undone'), title: z.string(), seq: z.int() }),
  result: (answer) => {
    const { task_id, seq, before, after } = changeOutput.parse(answer)
    return { task_id, status: 'undone', title: (after ?? before)?.title ?? '', seq }
  },
  destructive: true,
  // Undoing a creation deletes the task.
  removes: true,
}
