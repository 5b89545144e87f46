import type { ToolMeta } from '../core/meta.ts'
import { writtenOutput } from '../task/tool.ts'
import { changeOutput, undoInput } from './schema.ts'

export const undo: ToolMeta = {
  name: 'undo',
  description:
    'Undo a change: restores a deleted task, an earlier title, and so on. Without seq, your own latest change ' +
    'that is not undone yet; call again to go further back. If it answers undo_conflict, the task was changed since: ' +
    'say so, and set what is wanted with the other tools.',
  input: undoInput,
  output: writtenOutput('undone'),
  result: (answer) => {
    const { task_id, before, after } = changeOutput.parse(answer)
    return { task_id, status: 'undone', title: (after ?? before)?.title ?? '' }
  },
  destructive: true,
  // Undoing a creation deletes the task.
  removes: true,
}
