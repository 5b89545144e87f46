import { daysBetween, isDay, moveDays, parseRule, previewDays } from '@taskwire/calendar'
import { PAUSE, type Pause } from '../described_task.ts'
import { icsComponents, type IcsComponent } from '../text/ics.ts'
import type { IcsMoment } from './ics_alarms.ts'

/** The days of the completed occurrences of recurring to-dos, by UID. */
export type CompletedDays = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Calendar programs keep a recurring to-do at its first day, and write each completed occurrence as a to-do of its own with
 * the same UID, which may stand behind it.
 */
export function* completedOccurrences(text: string): Generator<Pause, CompletedDays> {
  const days = new Map<string, Set<string>>()
  if (!/RECURRENCE-ID/i.test(text)) return days
  for (const component of icsComponents(text)) {
    if (component === PAUSE) yield PAUSE
    else if (component.name === 'VTODO') collect(component, days)
  }
  return days
}

function collect({ properties }: IcsComponent, days: Map<string, Set<string>>): void {
  const valueOf = (name: string) => properties.find((property) => property.name === name)?.value.trim()
  const [, year, month, date] = /^(\d{4})(\d\d)(\d\d)/.exec(valueOf('RECURRENCE-ID') ?? '') ?? []
  const uid = valueOf('UID')
  const isCompleted = valueOf('STATUS')?.toUpperCase() === 'COMPLETED' || valueOf('COMPLETED') !== undefined
  if (year === undefined || uid === undefined || !isCompleted) return
  const known = days.get(uid)
  if (known === undefined) days.set(uid, new Set([`${year}-${month}-${date}`]))
  else known.add(`${year}-${month}-${date}`)
}

export interface Occurrence {
  readonly due: IcsMoment | undefined
  readonly start: IcsMoment | undefined
  readonly rule: string | undefined
}

/** The first occurrence that is not completed: that is what a recurring task stands for here. */
export function openOccurrence(first: Occurrence, completed: ReadonlySet<string> | undefined): Occurrence {
  const anchor = first.start ?? first.due
  const { rule } = parseRule(first.rule ?? '')
  if (completed === undefined || rule === undefined || anchor === undefined || !isDay(anchor.day)) return first
  const days = previewDays(rule, anchor.day, completed.size + 1)
  const passed = days.findIndex((day) => !completed.has(day))
  const day = days[passed]
  if (day === undefined || passed === 0) return first
  const moved = (moment: IcsMoment | undefined) =>
    moment && isDay(moment.day) ? { ...moment, day: moveDays(moment.day, daysBetween(anchor.day, day)) } : moment
  const left = rule.text.replace(/COUNT=(\d+)/, (_, count) => `COUNT=${Number(count) - passed}`)
  return { due: moved(first.due), start: moved(first.start), rule: left }
}
