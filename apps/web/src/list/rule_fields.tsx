import { FIRST_DAY, isDay, LAST_DAY } from '@taskwire/calendar'
import { useId } from 'react'
import { Field } from '../design/field.tsx'
import type { RuleForm } from './rule_form.ts'
import { t } from '../texts/texts.ts'
import { weekdayNames } from '../texts/weekday_names.ts'

interface RuleFieldsProps {
  readonly form: RuleForm
  /** The last day of a rule that is given one. */
  readonly firstLastDay: string
  readonly onChange: (form: RuleForm) => void
}

const isUnit = (value: string): value is RuleForm['frequency'] => Object.hasOwn(t.editor.units, value)

/** The parts of a rule that is neither of the usual ones. */
export function RuleFields({ form, firstLastDay, onChange }: RuleFieldsProps) {
  const id = useId()
  return (
    <div className="rule-fields">
      <Field
        label={t.editor.every}
        type="number"
        min={1}
        max={999}
        value={form.interval}
        onChange={({ target }) => onChange({ ...form, interval: clamped(target.valueAsNumber) })}
      />
      <p className="field">
        <label htmlFor={`${id}-unit`}>{t.editor.unit}</label>
        <select
          id={`${id}-unit`}
          className="input"
          value={form.frequency}
          onChange={({ target: { value } }) => isUnit(value) && onChange({ ...form, frequency: value })}
        >
          {Object.entries(t.editor.units).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </p>
      {form.frequency === 'WEEKLY' && (
        <fieldset className="weekdays">
          <legend className="hidden">{t.editor.on}</legend>
          {weekdayNames('long').map((name, day) => (
            <label key={name} className="weekday">
              <input
                type="checkbox"
                checked={form.weekdays.includes(day)}
                onChange={() => onChange({ ...form, weekdays: toggled(form.weekdays, day) })}
                aria-label={name}
              />
              <span aria-hidden="true">{weekdayNames('short')[day]}</span>
            </label>
          ))}
        </fieldset>
      )}
      <p className="field">
        <label htmlFor={`${id}-ends`}>{t.editor.ends}</label>
        <select
          id={`${id}-ends`}
          className="input"
          value={form.ends}
          onChange={({ target: { value } }) =>
            onChange({
              ...form,
              ends: value === 'until' || value === 'count' ? value : '',
              until: isDay(form.until) ? form.until : firstLastDay,
            })
          }
        >
          <option value="">{t.editor.never}</option>
          <option value="until">{t.editor.onADate}</option>
          <option value="count">{t.editor.afterTimes}</option>
        </select>
      </p>
      {form.ends === 'until' && (
        <Field
          label={t.editor.lastDay}
          type="date"
          min={FIRST_DAY}
          max={LAST_DAY}
          value={form.until}
          onChange={({ target }) => onChange({ ...form, until: target.value })}
        />
      )}
      {form.ends === 'count' && (
        <Field
          label={t.editor.times}
          type="number"
          min={1}
          max={999}
          value={form.count}
          onChange={({ target }) => onChange({ ...form, count: clamped(target.valueAsNumber) })}
        />
      )}
    </div>
  )
}

function clamped(number: number): number {
  return Number.isNaN(number) ? 1 : Math.min(999, Math.max(1, Math.round(number)))
}

function toggled(days: readonly number[], day: number): number[] {
  return days.includes(day) ? days.filter((other) => other !== day) : [...days, day]
}
