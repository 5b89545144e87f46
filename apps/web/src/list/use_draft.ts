import { useCallback, useEffect, useState } from 'react'
import type { Task } from '../client.ts'
import { useWorkspace } from '../workspace.ts'
import type { Draft } from './task_editor.tsx'

/** The task that is being changed here, if one is. */
export function useDraft(isReady: boolean) {
  const { dispatch, replica, toasts, undoStack } = useWorkspace()
  const [draft, setDraft] = useState<Draft>()

  // Somebody else deleted what is being edited: the draft stays, in case the task comes back.
  const lost = isReady && draft !== undefined && replica.task(draft.base.id) === undefined ? draft.base : undefined
  useEffect(() => {
    if (lost === undefined) return
    const deletion = replica.changeOf(lost.id, null)
    toasts.add({
      title: `“${lost.title}” was deleted while you edited it`,
      priority: 'high',
      timeout: 0,
      actionProps: deletion && { children: 'Bring it back', onClick: () => undoStack.revert(deletion) },
    })
  }, [lost, replica, toasts, undoStack])

  const begin = useCallback((task: Task) => {
    setDraft({ title: task.title, description: task.description ?? '', base: task })
  }, [])

  function save({ base, title, description }: Draft): void {
    const intent = { kind: 'edit', title: title.trim(), description: description.trim() || null } as const
    if (intent.title !== base.title || intent.description !== base.description) dispatch(base.id, intent, base)
  }

  return { draft, setDraft, begin, save, drop: () => setDraft(undefined) }
}
