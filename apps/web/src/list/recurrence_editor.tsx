import { isDay, moveDays, parseRule, previewDays, today, weekday } from '@taskwire/calendar'
import { useId, useState } from 'react'
import { shortDayName } from '../views/day_name.ts'
import { useMoment } from '../views/use_moment.ts'
import type { RecurrenceDraft } from './details_draft.ts'
import { emptyForm, formOf, isComplete, ruleOf, type RuleForm } from './rule_form.ts'
import { RuleFields } from './rule_fields.tsx'
import { t } from '../texts/texts.ts'

interface RecurrenceEditorProps {
  readonly recurrence: RecurrenceDraft
  /** Empty if the task has none: it needs one to repeat, and gets today's. */
  readonly due_date: string
  readonly onChange: (recurrence: RecurrenceDraft, due_date: string) => void
}

const PREVIEW_DAYS = 4
const CUSTOM = 'custom'

/** Chooses how a task repeats, says it in plain words, and shows the next days. */
export function RecurrenceEditor({ recurrence, due_date, onChange }: RecurrenceEditorProps) {
  const id = useId()
  const moment = useMoment()
  const start = isDay(due_date) ? due_date : today(moment.zone, new Date())
  // As it is filled in: it may be without the last day for a moment, which a rule cannot be.
  const [form, setForm] = useState<RuleForm>()
  const { rule: text, next } = recurrence
  const choices = choicesOf(text, start)
  const set = (rule: string) => onChange({ rule, next }, rule === '' ? due_date : start)
  const { rule } = parseRule(text)

  const fill = (filled: RuleForm) => {
    setForm(filled)
    if (isComplete(filled)) set(ruleOf(filled))
  }
  const choose = (choice: string) => {
    if (choice === CUSTOM) return fill(formOf(text) ?? { ...emptyForm, weekdays: [weekday(start)] })
    setForm(undefined)
    set(choice)
  }

  return (
    <fieldset className="editor-group">
      <legend className="hidden">{t.editor.repetition}</legend>
      <p className="field">
        <label htmlFor={`${id}-choice`}>{t.fields.labels.recurrence}</label>
        <select
          id={`${id}-choice`}
          className="input"
          value={form === undefined ? text : CUSTOM}
          onChange={({ target }) => choose(target.value)}
        >
          <option value="">{t.fields.doesNotRepeat}</option>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {inWords(choice, start)}
            </option>
          ))}
          <option value={CUSTOM}>{t.editor.custom}</option>
        </select>
      </p>
      {form !== undefined && <RuleFields form={form} firstLastDay={weeksAfter(start)} onChange={fill} />}
      {rule !== undefined && (
        <>
          <label className="choice">
            <input
              type="checkbox"
              className="box box-square"
              checked={next === 'completion'}
              onChange={({ target }) =>
                onChange({ rule: text, next: target.checked ? 'completion' : 'upcoming' }, start)
              }
            />
            <span>{t.editor.countFromCompletion}</span>
          </label>
          <p className="hint" role="status">
            {form !== undefined && `${inWords(text, start)}: `}
            {previewDays(rule, start, PREVIEW_DAYS)
              .map((day) => shortDayName(day, moment.today).replaceAll(' ', '\u00a0'))
              .join(' · ')}
            {rule.count === undefined || rule.count > PREVIEW_DAYS ? ' …' : ''}
          </p>
        </>
      )}
    </fieldset>
  )
}

const PRESETS = ['FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'FREQ=WEEKLY', 'FREQ=MONTHLY', 'FREQ=YEARLY']

/** The usual rules, and the one that the task has. */
function choicesOf(text: string, start: string): string[] {
  const own = text === '' || PRESETS.includes(text) ? [] : [text]
  const lastOfMonth = start.slice(8) >= '29' ? ['FREQ=MONTHLY;BYMONTHDAY=-1'] : []
  return [...new Set([...PRESETS, ...lastOfMonth, ...own])]
}

/** What the last day is before anybody chooses it: four weeks later, or the day itself near the end of the calendar. */
function weeksAfter(start: string): string {
  return start > '9999' ? start : moveDays(start, 28)
}

function inWords(text: string, start: string): string {
  const { rule } = parseRule(text)
  const words = rule === undefined ? text : t.fields.rule(rule, start)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
