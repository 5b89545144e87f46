import { useId, useState, type FormEvent, type KeyboardEvent } from 'react'
import type { Task } from '../client.ts'
import { Button } from '../design/button.tsx'
import { descriptionProblem, titleProblem } from './text_limits.ts'

export interface Draft {
  readonly title: string
  readonly description: string
  /** The task as it was when the edit began. */
  readonly base: Task
}

interface TaskEditorProps {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  readonly onSave: (draft: Draft) => void
  readonly onLeave: () => void
}

/** A task being changed, in its place in the list. The draft lives above, so that scrolling away does not lose it. */
export function TaskEditor({ draft, onChange, onSave, onLeave }: TaskEditorProps) {
  const id = useId()
  const [isTried, setIsTried] = useState(false)
  const problem = titleProblem(draft.title) ?? descriptionProblem(draft.description)

  function save(event: FormEvent): void {
    event.preventDefault()
    setIsTried(true)
    if (problem === null) onSave(draft)
  }

  function onKeyDown(event: KeyboardEvent<HTMLFormElement>): void {
    // The list's own keys mean nothing while somebody types.
    event.stopPropagation()
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') onLeave()
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || isTitle(event.target))) save(event)
  }

  return (
    <form className="editor" onSubmit={save} onKeyDown={onKeyDown} aria-label={`Edit ${draft.base.title}`}>
      <textarea
        className="input editor-title"
        rows={1}
        aria-label="Title"
        aria-describedby={`${id}-problem`}
        aria-invalid={isTried && problem !== null}
        value={draft.title}
        // The editor opens by an action on this task: the focus follows it.
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
      <div className="editor-foot">
        <p className="problem" id={`${id}-problem`} role="alert">
          {isTried || draft.title !== '' ? problem : null}
        </p>
        <Button onClick={onLeave}>Cancel</Button>
        <Button look="primary" type="submit">
          Save
        </Button>
      </div>
    </form>
  )
}

/** A title is one line, however many it takes to show it. */
function isTitle(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.classList.contains('editor-title')
}

function focusOnce(field: HTMLTextAreaElement | null): void {
  field?.focus({ preventScroll: true })
}
