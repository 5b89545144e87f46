import { FIRST_DAY, isDay, LAST_DAY, type Moment } from '@taskwire/calendar'
import { taskFields } from '@taskwire/client'
import { useState, type FormEvent } from 'react'
import type { Task } from '../client.ts'
import { Button, IconButton } from '../design/button.tsx'
import { differingFields, type FieldChanges } from '@taskwire/offline'
import { useWorkspace, type NewWrite } from '../workspace.ts'
import { t } from '../texts/texts.ts'
import { numberText } from '../texts/number_text.ts'
import { dueChange, planDays } from './plan.ts'

interface BulkBarProps {
  readonly selected: readonly Task[]
  readonly moment: Moment
  readonly onClear: () => void
}

/** Changes the selected tasks together: one undo takes all of it back. */
export default function BulkBar({ selected, moment, onClear }: BulkBarProps) {
  const { dispatchAll, messages } = useWorkspace()
  const isAllDone = selected.every(({ completed }) => completed)

  function complete(): void {
    const kind = isAllDone ? 'reopen' : 'complete'
    const tasks = selected.filter(({ completed }) => completed === isAllDone)
    finish(
      isAllDone ? 'changed' : 'completed',
      tasks.map((task) => [task.id, { kind }, task]),
    )
  }

  function edit(changes: (task: Task) => FieldChanges): void {
    const writes = selected.flatMap((task): NewWrite[] => {
      const fields = differingFields(changes(task), task)
      return Object.keys(fields).length === 0 ? [] : [[task.id, { kind: 'edit', fields }, task]]
    })
    finish('changed', writes)
  }

  function finish(kind: 'completed' | 'deleted' | 'changed', writes: readonly NewWrite[]): void {
    messages.announceAll(kind, dispatchAll(writes))
    onClear()
  }

  return (
    <div
      className="bulk"
      role="toolbar"
      aria-label={t.list.bulk.label}
      onKeyDown={(event) => event.key === 'Escape' && onClear()}
    >
      <p className="bulk-count" role="status">
        {t.list.bulk.count(numberText(selected.length))}
      </p>
      <Button onClick={complete}>{isAllDone ? t.list.bulk.reopen : t.list.bulk.complete}</Button>
      <DueChoice moment={moment} onChoose={(due_date) => edit((task) => dueChange(task, due_date))} />
      <select
        className="select"
        aria-label={t.list.bulk.setPriority}
        value=""
        onChange={({ target: { value } }) =>
          edit(() => ({ priority: levels.find((level) => level === value) ?? null }))
        }
      >
        <option value="" disabled>
          {t.list.bulk.priority}
        </option>
        <option value="high">{t.fields.priority.high}</option>
        <option value="medium">{t.fields.priority.medium}</option>
        <option value="low">{t.fields.priority.low}</option>
        <option value="none">{t.fields.priority.none}</option>
      </select>
      <TagField onAdd={(tag) => edit((task) => ({ tags: withTag(task.tags, tag) }))} />
      <Button
        onClick={() =>
          finish(
            'deleted',
            selected.map((task) => [task.id, { kind: 'delete' }, task]),
          )
        }
      >
        {t.list.delete}
      </Button>
      <IconButton icon="close" label={t.list.bulk.clear} onClick={onClear} />
    </div>
  )
}

const levels = ['high', 'medium', 'low'] as const

function withTag(tags: readonly string[], tag: string): string[] {
  return tags.includes(tag) || tags.length >= taskFields.tags.maxItems ? [...tags] : [...tags, tag]
}

interface DueChoiceProps {
  readonly moment: Moment
  readonly onChoose: (due_date: string | null) => void
}

function DueChoice({ moment: { today }, onChoose }: DueChoiceProps) {
  const [isPicking, setIsPicking] = useState(false)
  if (isPicking) {
    return (
      <input
        type="date"
        className="input bulk-date"
        aria-label={t.list.bulk.dueOfSelected}
        min={FIRST_DAY}
        max={LAST_DAY}
        autoFocus
        onKeyDown={({ key, currentTarget: { value } }) => key === 'Enter' && isDay(value) && onChoose(value)}
        onBlur={({ target: { value } }) => (isDay(value) ? onChoose(value) : setIsPicking(false))}
      />
    )
  }
  const days: Readonly<Record<string, string | null>> = planDays(today)
  return (
    <select
      className="select"
      aria-label={t.list.bulk.setDue}
      value=""
      onChange={({ target: { value } }) => {
        const day = days[value]
        if (day === undefined) setIsPicking(true)
        else onChoose(day)
      }}
    >
      <option value="" disabled>
        {t.list.bulk.due}
      </option>
      <option value="today">{t.list.bulk.today}</option>
      <option value="tomorrow">{t.list.bulk.tomorrow}</option>
      <option value="week">{t.list.bulk.inAWeek}</option>
      <option value="pick">{t.list.bulk.onADate}</option>
      <option value="none">{t.list.bulk.noDate}</option>
    </select>
  )
}

function TagField({ onAdd }: { readonly onAdd: (tag: string) => void }) {
  const [text, setText] = useState('')

  function add(event: FormEvent): void {
    event.preventDefault()
    const tag = text.trim().replace(/^#+/, '').normalize('NFC').toLowerCase()
    if (tag !== '' && !tag.includes(',')) onAdd(tag)
  }

  return (
    <form onSubmit={add}>
      <input
        className="input bulk-tag"
        value={text}
        maxLength={50}
        onChange={({ target }) => setText(target.value)}
        placeholder={t.list.bulk.tag}
        aria-label={t.list.bulk.addTag}
        autoComplete="off"
      />
    </form>
  )
}
