import { z } from 'zod'

const DAYS: Readonly<Record<string, string>> = {
  sunday: 'SU',
  monday: 'MO',
  tuesday: 'TU',
  wednesday: 'WE',
  thursday: 'TH',
  friday: 'FR',
  saturday: 'SA',
}
const INDEXES: Readonly<Record<string, number>> = { first: 1, second: 2, third: 3, fourth: 4, last: -1 }

const patterned = z.looseObject({
  pattern: z.looseObject({
    type: z.string(),
    interval: z.int().optional(),
    month: z.int().optional(),
    dayOfMonth: z.int().optional(),
    daysOfWeek: z.custom<readonly unknown[]>((value) => Array.isArray(value) && value.length <= 7).optional(),
    index: z.string().optional(),
  }),
  range: z
    .looseObject({ type: z.string(), endDate: z.string().optional(), numberOfOccurrences: z.int().optional() })
    .optional(),
})

type Pattern = z.infer<typeof patterned>['pattern']
type Range = z.infer<typeof patterned>['range']

/** Graph's patternedRecurrence as a rule of ours; undefined where it has none. */
export function graphRule(value: unknown): { readonly rule: string } | undefined {
  const { data } = patterned.safeParse(value)
  const parts = data && partsOf(data.pattern)
  if (parts === undefined) return undefined
  const { interval = 1 } = data?.pattern ?? {}
  return { rule: [...parts, ...(interval > 1 ? [`INTERVAL=${interval}`] : []), ...endOf(data?.range)].join(';') }
}

function partsOf({ type, daysOfWeek = [], dayOfMonth, month, index = 'first' }: Pattern): string[] | undefined {
  const days = daysOfWeek.flatMap((day) => (typeof day === 'string' ? (DAYS[day.toLowerCase()] ?? []) : []))
  const byDay = days.length === 0 ? [] : [`BYDAY=${days.join(',')}`]
  const byMonthDay = dayOfMonth === undefined || dayOfMonth === 0 ? [] : [`BYMONTHDAY=${dayOfMonth}`]
  const byMonth = month === undefined || month === 0 ? [] : [`BYMONTH=${month}`]
  const nth = [`BYDAY=${days.join(',')}`, `BYSETPOS=${INDEXES[index.toLowerCase()] ?? 1}`]
  switch (type) {
    case 'daily':
      return ['FREQ=DAILY']
    case 'weekly':
      return ['FREQ=WEEKLY', ...byDay]
    case 'absoluteMonthly':
      return ['FREQ=MONTHLY', ...byMonthDay]
    case 'absoluteYearly':
      return ['FREQ=YEARLY', ...byMonth, ...byMonthDay]
    case 'relativeMonthly':
      return days.length === 0 ? undefined : ['FREQ=MONTHLY', ...nth]
    case 'relativeYearly':
      return days.length === 0 ? undefined : ['FREQ=YEARLY', ...byMonth, ...nth]
    default:
      return undefined
  }
}

function endOf(range: Range): string[] {
  if (range?.type === 'endDate' && range.endDate !== undefined) return [`UNTIL=${range.endDate.replaceAll('-', '')}`]
  if (range?.type === 'numbered' && range.numberOfOccurrences !== undefined)
    return [`COUNT=${range.numberOfOccurrences}`]
  return []
}
