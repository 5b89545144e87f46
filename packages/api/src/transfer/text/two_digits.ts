/** A day, month, hour or minute as dates and times write it. */
export function twoDigits(value: number | string): string {
  return String(value).padStart(2, '0')
}
