import { isZone, localTime, type Moment } from '@taskwire/calendar'
import { useLayoutEffect, useMemo, useRef, useState, type FormEvent } from 'react'
import { Button } from '../design/button.tsx'
import { Icon } from '../design/icon.tsx'
import type { FieldChanges } from '@taskwire/offline'
import { titleProblem } from '../list/text_limits.ts'
import { useSettings } from '../settings/use_settings.ts'
import { useWorkspace } from '../workspace.ts'
import { chipsOf, chipsOfView } from './chips.ts'
import { QuickAddChips } from './quick_add_chips.tsx'
import { understand } from './understand.ts'
import { defaultsLeft, joinFields } from './with_defaults.ts'
import { t } from '../texts/texts.ts'

interface QuickAddProps {
  readonly moment: Moment
  /** What the view gives a new task. */
  readonly defaults: FieldChanges
  readonly onAdd: (fields: FieldChanges & { readonly title: string }) => void
}

const nothing: ReadonlySet<string> = new Set()

/** Adds a task from a line of text: its dates, tags and priority are marked while one types, and shown as chips. */
export function QuickAdd({ moment, defaults, onAdd }: QuickAddProps) {
  const { time_zone } = useSettings()
  const { drafts } = useWorkspace()
  const [text, setText] = useState(drafts.load().new_task)
  const [refused, setRefused] = useState(nothing)
  const [isSubmitted, setIsSubmitted] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const mirror = useRef<HTMLDivElement>(null)

  const understood = useMemo(() => {
    const { day, time } = localTime(new Date(), moment.zone)
    const zone = time_zone !== null && isZone(time_zone) ? time_zone : null
    return understand(text, { today: day, now: time, zone }, refused)
  }, [text, refused, moment, time_zone])
  const left = defaultsLeft(defaults, understood.fields, refused)
  const isEmpty = text.trim() === ''
  const chips = isEmpty ? [] : [...chipsOf(understood, moment.today), ...chipsOfView(left, moment.today)]
  const problem = isEmpty ? null : titleProblem(understood.title)
  // A date that is typed before its title is no mistake yet.
  const shown = problem !== null && (isSubmitted || understood.title !== '') ? problem : null

  function change(next: string): void {
    setText(next)
    drafts.save({ new_task: next })
    setIsSubmitted(false)
    if (next.trim() === '') setRefused(nothing)
  }

  function add(event: FormEvent): void {
    event.preventDefault()
    setIsSubmitted(true)
    if (isEmpty || problem !== null) return
    onAdd({ ...joinFields(understood.fields, left), title: understood.title })
    change('')
  }

  // The marks stand behind the text of the field, which scrolls by itself.
  function align(): void {
    if (mirror.current !== null && field.current !== null) mirror.current.scrollLeft = field.current.scrollLeft
  }
  useLayoutEffect(align)

  return (
    <form className="add" onSubmit={add}>
      <div className="add-line">
        <Icon name="plus" />
        <div className="add-field">
          <div className="add-mirror" ref={mirror} aria-hidden="true">
            <Marked text={text} spans={understood.spans} />
          </div>
          <input
            id="new-task"
            ref={field}
            className="add-input"
            value={text}
            onChange={(event) => change(event.target.value)}
            onScroll={align}
            onKeyUp={align}
            placeholder={t.quickAdd.example}
            aria-label={t.quickAdd.newTask}
            aria-invalid={shown !== null}
            aria-describedby="new-task-problem new-task-chips"
            autoComplete="off"
            enterKeyHint="done"
            dir="auto"
          />
        </div>
        <Button look="primary" type="submit" disabled={isEmpty}>
          {t.quickAdd.add}
        </Button>
      </div>
      <QuickAddChips
        id="new-task-chips"
        chips={chips}
        onRefuse={({ key, span }) => {
          setRefused(new Set([...refused, span?.text.toLowerCase() ?? key]))
          field.current?.focus()
        }}
      />
      <p id="new-task-problem" className="problem" role="alert">
        {shown}
      </p>
    </form>
  )
}

interface MarkedProps {
  readonly text: string
  readonly spans: readonly { readonly from: number; readonly to: number; readonly is: string }[]
}

function Marked({ text, spans }: MarkedProps) {
  const ends = spans.map(({ to }) => to)
  return [
    ...spans.map(({ from, to, is }, index) => [
      text.slice(ends[index - 1] ?? 0, from),
      <mark key={from} className="add-mark" data-is={is}>
        {text.slice(from, to)}
      </mark>,
    ]),
    text.slice(ends.at(-1) ?? 0),
  ]
}
