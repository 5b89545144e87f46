import { twoDigits } from './two_digits.ts'

export interface DateTime {
  readonly day: string
  /** Undefined at midnight, which is how programs write a day alone. */
  readonly time: string | undefined
  readonly isUtc: boolean
}

const FORM = /^(\d{4})(?:([-/])(\d\d?)\2(\d\d?)|(\d\d)(\d\d))(?:(?:T| +)(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z)?)?$/

/** What a cell says that begins with the year: `2026-04-19`, `2026/4/19`, `20260419`, `2026-04-19 07:00`, `2026-04-19T07:00:00Z`. */
export function dateTimeOf(text: string): DateTime | undefined {
  const parts = FORM.exec(text.trim())
  if (parts === null) return undefined
  const [, year = '', , month = parts[5], day = parts[6], , , time, utc] = parts
  return {
    day: `${year}-${twoDigits(Number(month))}-${twoDigits(Number(day))}`,
    time: time === '00:00' ? undefined : time,
    isUtc: utc !== undefined,
  }
}
