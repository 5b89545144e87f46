import { lazy, useEffect, useId, useRef, useState, type FormEvent, type KeyboardEvent } from 'react'
import { Button } from '../design/button.tsx'
import { DescriptionField } from './description_field.tsx'
import { draftProblem, type Draft } from './draft.ts'
import { currentRoute, hrefOf, listOf } from '../shell/route.ts'
import { LazyPanel } from '../shell/lazy_panel.tsx'
import { t } from '../texts/texts.ts'

const DetailsEditor = lazy(() => import('./details_editor.tsx'))

interface TaskEditorProps {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  readonly onSave: (draft: Draft) => void
  readonly onCancel: () => void
  /** Moves the task to its next day, after saving it. */
  readonly onSkip: (draft: Draft) => void
}

/** Edits a task within the list. The list holds the draft, so that scrolling away does not lose it. */
export function TaskEditor({ draft, onChange, onSave, onCancel, onSkip }: TaskEditorProps) {
  const id = useId()
  const title = useRef<HTMLTextAreaElement>(null)
  const [isSubmitted, setIsSubmitted] = useState(false)
  const problem = draftProblem(draft)

  useEffect(() => {
    if (title.current !== null) focusAt(title.current, draft)
    // Once: later changes of the draft come from the fields themselves.
  }, [])

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
    <form className="editor" onSubmit={save} onKeyDown={onKeyDown} aria-label={t.editor.editTask(draft.base.title)}>
      <textarea
        className="input editor-title"
        rows={1}
        aria-label={t.editor.title}
        aria-describedby={`${id}-problem`}
        aria-invalid={isSubmitted && problem !== null}
        value={draft.title}
        // The user opened the editor, so the focus moves into it.
        ref={title}
        onChange={(event) => onChange({ ...draft, title: event.target.value.replaceAll(/\s*\n\s*/g, ' ') })}
      />
      <DescriptionField value={draft.description} onChange={(description) => onChange({ ...draft, description })} />
      <LazyPanel>
        <DetailsEditor details={draft.details} onChange={(details) => onChange({ ...draft, details })} />
      </LazyPanel>
      <div className="editor-foot">
        <p className="problem" id={`${id}-problem`} role="alert">
          {isSubmitted || draft.title !== '' ? problem : null}
        </p>
        {draft.base.id > 0 && (
          <a className="link" href={hrefOf({ ...listOf(currentRoute()), panel: 'history', id: draft.base.id })}>
            {t.editor.history}
          </a>
        )}
        {draft.base.recurrence !== null && !draft.base.completed && (
          <Button disabled={problem !== null} onClick={() => onSkip(draft)}>
            {t.actions.skip}
          </Button>
        )}
        <Button onClick={onCancel}>{t.editor.cancel}</Button>
        <Button look="primary" type="submit">
          {t.editor.save}
        </Button>
      </div>
    </form>
  )
}

/** A title is one line, even if it wraps: Enter saves. */
function isTitle(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.classList.contains('editor-title')
}

function focusAt(field: HTMLTextAreaElement, { caret, title }: Draft): void {
  field.focus({ preventScroll: true })
  const at = Math.min(caret ?? title.length, title.length)
  field.setSelectionRange(at, at)
}
