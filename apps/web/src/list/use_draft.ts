import { useCallback, useEffect, useState } from 'react'
import type { Task } from '../client.ts'
import { differingFields } from '../fields/task_fields.ts'
import { useWorkspace } from '../workspace.ts'
import { detailsOf, fieldsOf } from './details_draft.ts'
import type { Draft } from './task_editor.tsx'

/** The task that is being edited here, if there is one. */
export function useDraft(isReady: boolean) {
  const { dispatch, replica, toasts, undoStack } = useWorkspace()
  const [draft, setDraft] = useState<Draft>()

  // The draft stays when its task is deleted elsewhere, in case the task is restored.
  const deleted = isReady && draft !== undefined && replica.task(draft.base.id) === undefined ? draft.base : undefined
  useEffect(() => {
    if (deleted === undefined) return
    const deletion = replica.findChange(deleted.id, null)
    toasts.add({
      title: `“${deleted.title}” was deleted while you were editing it`,
      priority: 'high',
      timeout: 0,
      actionProps: deletion && { children: 'Restore', onClick: () => undoStack.undoChange(deletion) },
    })
  }, [deleted, replica, toasts, undoStack])

  const begin = useCallback((task: Task) => {
    setDraft({ title: task.title, description: task.description ?? '', details: detailsOf(task), base: task })
  }, [])

  function save({ base, title, description, details }: Draft): void {
    const edited = { title: title.trim(), description: description.trim() || null, ...fieldsOf(details, base) }
    const fields = differingFields(edited, base)
    if (Object.keys(fields).length > 0) dispatch(base.id, { kind: 'edit', fields }, base)
  }

  return { draft, setDraft, begin, save, discard: () => setDraft(undefined) }
}
