import { useCallback, useEffect, useRef, useState } from 'react'
import type { Task } from '../client.ts'
import { differingFields } from '@taskwire/offline'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'
import { fieldsOf } from './details_draft.ts'
import { restoring } from './deletion.ts'
import { draftOf, draftProblem, type Draft } from './draft.ts'

/** The task that is being edited here, if there is one. It survives a reload. */
export function useDraft(isReady: boolean) {
  const { dispatch, drafts, notify, replica, toasts, undo, undoStack } = useWorkspace()
  const [draft, setStateDraft] = useState(drafts.load().edit)
  const current = useRef(draft)
  current.current = draft

  const setDraft = useCallback(
    (next: Draft | undefined) => {
      drafts.save({ edit: next })
      setStateDraft(next)
    },
    [drafts],
  )

  // A provisional id is forgotten with the page. The version is that of the creation: later changes by others are merged.
  const id = draft && replica.task(draft.base.id)?.id
  useEffect(() => {
    if (draft === undefined || id === undefined || id === draft.base.id) return
    setDraft({ ...draft, base: { ...draft.base, id, version: 1 } })
  }, [draft, id, setDraft])

  // The draft stays when its task is deleted elsewhere, in case the task is restored.
  const deleted = isReady && draft !== undefined && replica.task(draft.base.id) === undefined ? draft.base : undefined
  useEffect(() => {
    if (deleted === undefined) return
    const restore = restoring({ replica, undo, undoStack }, deleted)
    toasts.add({
      title: t.messages.deletedMeanwhile(deleted.title),
      priority: 'high',
      timeout: 0,
      actionProps: restore && { children: t.list.restore, onClick: restore },
    })
  }, [deleted, replica, toasts, undo, undoStack])

  const save = useCallback(
    ({ base, title, description, details }: Draft) => {
      const edited = { title: title.trim(), description: description.trim() || null, ...fieldsOf(details, base) }
      const fields = differingFields(edited, base)
      if (Object.keys(fields).length > 0) dispatch(base.id, { kind: 'edit', fields }, base)
    },
    [dispatch],
  )

  /** Opens a draft. What is being edited already is saved; returns false where that cannot be. */
  const openDraft = useCallback(
    (next: Draft) => {
      const open = current.current
      const problem = open === undefined ? null : draftProblem(open)
      if (problem !== null) {
        document.querySelector<HTMLElement>('.editor-title')?.focus()
        notify(t.messages.cannotSaveYet, problem, 'high')
        return false
      }
      if (open !== undefined) save(open)
      setDraft(next)
      return true
    },
    [notify, save, setDraft],
  )

  const begin = useCallback(
    (task: Task, caret?: number) => openDraft(draftOf(replica.task(task.id) ?? task, caret)),
    [openDraft, replica],
  )

  useEffect(() => drafts.onReopen(openDraft), [drafts, openDraft])

  return { draft, setDraft, begin, save, discard: () => setDraft(undefined) }
}
