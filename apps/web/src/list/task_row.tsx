import type { Moment } from '@taskwire/calendar'
import { memo, useId, useState, type MouseEvent } from 'react'
import type { Task } from '../client.ts'
import { Icon } from '../design/icon.tsx'
import { IconButton } from '../design/button.tsx'
import { currentRoute, hrefOf, listOf } from '../shell/route.ts'
import { exactTime } from '../time.ts'
import { DueLabel } from './due_label.tsx'
import { Highlight } from './highlight.tsx'
import { plainText } from './plain_text.ts'
import { RowChecklist } from './row_checklist.tsx'
import { TaskLabels } from './task_labels.tsx'
import { t } from '../texts/texts.ts'

export interface TaskRowProps {
  readonly task: Task
  readonly moment: Moment
  readonly search: string
  /** Whether a heading names the day on which it is due. */
  readonly isUnderDay: boolean
  /** Whether Tab moves into this row; the arrow keys move between rows. */
  readonly isCurrent: boolean
  readonly isWaiting: boolean
  readonly isInConflict: boolean
  readonly onToggle: (task: Task) => void
  readonly isSelected: boolean
  /** Whether it is open beside the list. */
  readonly isOpen: boolean
  /** The title was activated. */
  readonly onOpen: (task: Task, event: MouseEvent) => void
  readonly onSelect: (task: Task) => void
  readonly onDelete: (task: Task) => void
  readonly onCheck: (task: Task, item_id: string, done: boolean) => void
  readonly onResolve: () => void
  readonly onMenu: (task: Task, anchor: Element) => void
}

/** A task in the list. */
export const TaskRow = memo(function TaskRow(props: TaskRowProps) {
  const { task, moment, search, isUnderDay, isCurrent, isWaiting, isInConflict } = props
  const tabIndex = isCurrent ? 0 : -1
  const id = useId()
  const [isOpen, setIsOpen] = useState(false)
  const hasChecklist = task.checklist.length > 0
  const row = (
    <div
      className="row"
      data-completed={task.completed || undefined}
      data-priority={task.priority ?? undefined}
      data-selected={props.isSelected || undefined}
      data-open={props.isOpen || undefined}
      title={t.list.created(exactTime(task.created_at))}
    >
      <label className="row-box">
        <input
          type="checkbox"
          className="box"
          data-control="box"
          checked={task.completed}
          onChange={() => props.onToggle(task)}
          tabIndex={tabIndex}
          aria-label={t.list.completed(task.title)}
        />
      </label>
      <button
        type="button"
        className="row-title"
        data-control="title"
        tabIndex={tabIndex}
        onClick={(event) => props.onOpen(task, event)}
      >
        <span className="hidden">{props.isSelected ? t.list.selectedEdit : t.list.edit} </span>
        <span className="row-name" dir="auto">
          <Highlight text={task.title} search={search} />
        </span>
        {task.description && (
          <span className="row-description" dir="auto">
            <Highlight text={plainText(task.description)} search={search} />
          </span>
        )}
        <TaskLabels task={task} moment={moment} />
      </button>
      <span className="row-actions">
        <IconButton
          icon="select"
          label={t.list.select(task.title)}
          title={t.list.selectKey}
          aria-pressed={props.isSelected}
          data-control="select"
          tabIndex={tabIndex}
          onClick={() => props.onSelect(task)}
        />
        {task.id > 0 && (
          <a
            className="icon-button row-history"
            href={hrefOf({ ...listOf(currentRoute()), panel: 'history', id: task.id })}
            aria-label={t.list.historyOf(task.title)}
            title={t.list.history}
            data-control="history"
            tabIndex={tabIndex}
          >
            <Icon name="history" />
          </a>
        )}
        <IconButton
          icon="trash"
          label={t.list.deleteTask(task.title)}
          title={t.list.delete}
          data-control="delete"
          tabIndex={tabIndex}
          onClick={() => props.onDelete(task)}
        />
        <IconButton
          icon="more"
          label={t.actions.moreFor(task.title)}
          title={t.actions.moreKey}
          aria-haspopup="menu"
          data-control="more"
          tabIndex={tabIndex}
          onClick={({ currentTarget }) => props.onMenu(task, currentTarget)}
        />
      </span>
      {hasChecklist && (
        <button
          type="button"
          className="icon-button row-fold"
          data-control="checklist"
          tabIndex={tabIndex}
          aria-expanded={isOpen}
          aria-controls={isOpen ? id : undefined}
          aria-label={t.list.checklistOf(task.title)}
          title={t.list.checklist}
          onClick={() => setIsOpen(!isOpen)}
        >
          <Icon name="chevron" />
        </button>
      )}
      {isInConflict ? (
        <button type="button" className="row-conflict" tabIndex={tabIndex} onClick={props.onResolve}>
          {t.list.conflict}
        </button>
      ) : (
        <span className="row-time">
          {isWaiting ? (
            <span className="row-waiting" role="img" aria-label={t.list.notSent} title={t.list.notSent} />
          ) : null}
          <DueLabel task={task} moment={moment} isUnderDay={isUnderDay} />
        </span>
      )}
    </div>
  )
  if (!hasChecklist || !isOpen) return row
  return (
    <>
      {row}
      <RowChecklist task={task} id={id} onCheck={props.onCheck} />
    </>
  )
})
