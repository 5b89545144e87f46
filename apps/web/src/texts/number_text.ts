import { dateLocale } from './language.ts'

/** A number as the user's locale writes it. */
export function numberText(number: number): string {
  return number.toLocaleString(dateLocale())
}
