import { lazy, useId, useState, type FormEvent, type KeyboardEvent } from 'react'
import type { Task } from '../client.ts'
import { Button } from '../design/button.tsx'
import { detailsProblem, type DetailsDraft } from './details_draft.ts'
import { LazyPanel } from '../shell/lazy_panel.tsx'
import { descriptionProblem, titleProblem } from './text_limits.ts'

const DetailsEditor = lazy(() => import('./details_editor.tsx'))

export interface Draft {
  readonly title: string
  readonly description: string
  readonly details: DetailsDraft
  /** The task when the edit began. */
  readonly base: Task
}

interface TaskEditorProps {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  readonly onSave: (draft: Draft) => void
  readonly onCancel: () => void
}

/** Edits a task within the list. The list holds the draft, so that scrolling away does not lose it. */
export function TaskEditor({ draft, onChange, onSave, onCancel }: TaskEditorProps) {
  const id = useId()
  const [isSubmitted, setIsSubmitted] = useState(false)
  const problem = titleProblem(draft.title) ?? descriptionProblem(draft.description) ?? detailsProblem(draft.details)

  function save(event: FormEvent): void {
    event.preventDefault()
    setIsSubmitted(true)
    if (problem === null) onSave(draft)
  }

  function onKeyDown(event: KeyboardEvent<HTMLFormElement>): void {
    // The list must not take the keys that the user types here.
    event.stopPropagation()
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') onCancel()
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || isTitle(event.target))) save(event)
  }

  return (
    <form className="editor" onSubmit={save} onKeyDown={onKeyDown} aria-label={`Edit ${draft.base.title}`}>
      <textarea
        className="input editor-title"
        rows={1}
        aria-label="Title"
        aria-describedby={`${id}-problem`}
        aria-invalid={isSubmitted && problem !== null}
        value={draft.title}
        // The user opened the editor, so the focus moves into it.
        ref={focusOnce}
        onChange={(event) => onChange({ ...draft, title: event.target.value.replaceAll(/\s*\n\s*/g, ' ') })}
      />
      <textarea
        className="input editor-description"
        aria-label="Description"
        placeholder="Description"
        rows={3}
        value={draft.description}
        onChange={(event) => onChange({ ...draft, description: event.target.value })}
      />
      <LazyPanel>
        <DetailsEditor details={draft.details} onChange={(details) => onChange({ ...draft, details })} />
      </LazyPanel>
      <div className="editor-foot">
        <p className="problem" id={`${id}-problem`} role="alert">
          {isSubmitted || draft.title !== '' ? problem : null}
        </p>
        <Button onClick={onCancel}>Cancel</Button>
        <Button look="primary" type="submit">
          Save
        </Button>
      </div>
    </form>
  )
}

/** A title is one line, even if it wraps: Enter saves. */
function isTitle(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.classList.contains('editor-title')
}

function focusOnce(field: HTMLTextAreaElement | null): void {
  field?.focus({ preventScroll: true })
}
