import { useState, type FormEvent } from 'react'
import { Button } from '../design/button.tsx'
import { Icon } from '../design/icon.tsx'
import type { FieldChanges } from '../fields/task_fields.ts'
import { useWorkspace } from '../workspace.ts'
import { titleProblem } from './text_limits.ts'

/** Adds a task: type a title, press Enter. */
export function AddTask({ defaults }: { readonly defaults: FieldChanges }) {
  const { dispatch } = useWorkspace()
  const [title, setTitle] = useState('')
  const problem = title.trim() === '' ? null : titleProblem(title)

  function add(event: FormEvent): void {
    event.preventDefault()
    if (title.trim() === '' || problem !== null) return
    dispatch(null, { kind: 'create', fields: { ...defaults, title: title.trim() } })
    setTitle('')
  }

  return (
    <form className="add" onSubmit={add}>
      <div className="add-line">
        <Icon name="plus" />
        <input
          id="new-task"
          className="add-input"
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          placeholder="Add a task"
          aria-label="New task"
          aria-invalid={problem !== null}
          aria-describedby="new-task-problem"
          autoComplete="off"
          enterKeyHint="done"
        />
        <Button look="primary" type="submit" disabled={title.trim() === ''}>
          Add
        </Button>
      </div>
      <p id="new-task-problem" className="problem" role="alert">
        {problem}
      </p>
    </form>
  )
}
