import { memo } from 'react'
import type { Task } from '../client.ts'
import { Icon } from '../design/icon.tsx'
import { IconButton } from '../design/button.tsx'
import { hrefOf, type View } from '../shell/route.ts'
import { exactTime, relativeTime } from '../time.ts'
import { Highlight } from './highlight.tsx'
import { TaskLabels } from './task_labels.tsx'

export interface TaskRowProps {
  readonly task: Task
  readonly view: View
  readonly search: string
  /** Whether Tab moves into this row; the arrow keys move between rows. */
  readonly isCurrent: boolean
  readonly isWaiting: boolean
  readonly isInConflict: boolean
  readonly onToggle: (task: Task) => void
  readonly onEdit: (task: Task) => void
  readonly onDelete: (task: Task) => void
  readonly onResolve: () => void
}

/** A task in the list. */
export const TaskRow = memo(function TaskRow(props: TaskRowProps) {
  const { task, search, isCurrent, isWaiting, isInConflict } = props
  const tabIndex = isCurrent ? 0 : -1
  return (
    <div className="row" data-completed={task.completed || undefined}>
      <label className="row-box">
        <input
          type="checkbox"
          className="box"
          data-control="box"
          checked={task.completed}
          onChange={() => props.onToggle(task)}
          tabIndex={tabIndex}
          aria-label={`Completed: ${task.title}`}
        />
      </label>
      <button
        type="button"
        className="row-title"
        data-control="title"
        tabIndex={tabIndex}
        onClick={() => props.onEdit(task)}
      >
        <span className="hidden">Edit </span>
        <span className="row-name">
          <Highlight text={task.title} search={search} />
        </span>
        {task.description && (
          <span className="row-description">
            <Highlight text={task.description} search={search} />
          </span>
        )}
        <TaskLabels task={task} />
      </button>
      <span className="row-actions">
        {task.id > 0 && (
          <a
            className="icon-button"
            href={hrefOf({ view: props.view, panel: 'history', id: task.id })}
            aria-label={`History of ${task.title}`}
            title="History"
            data-control="history"
            tabIndex={tabIndex}
          >
            <Icon name="history" />
          </a>
        )}
        <IconButton
          icon="trash"
          label={`Delete ${task.title}`}
          title="Delete"
          data-control="delete"
          tabIndex={tabIndex}
          onClick={() => props.onDelete(task)}
        />
      </span>
      {isInConflict ? (
        <button type="button" className="row-conflict" tabIndex={tabIndex} onClick={props.onResolve}>
          Conflict
        </button>
      ) : (
        <time className="row-time" dateTime={task.created_at} title={`Created ${exactTime(task.created_at)}`}>
          {isWaiting ? (
            <span className="row-waiting" role="img" aria-label="Not sent yet" title="Not sent yet" />
          ) : null}
          {relativeTime(task.created_at)}
        </time>
      )}
    </div>
  )
})
