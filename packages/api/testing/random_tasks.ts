import type { Chance } from './chance.ts'
import type { TaskFields } from '../src/task/schema.ts'

const TEXTS = [
  'Buy milk',
  '=SUM(A1:A9)',
  "'quoted'",
  '+49 30 1234',
  '@home call: bob',
  'x done',
  '(A) first',
  '2026-01-01 new year',
  'a,b;c\td "quotes" \\ backslash',
  'two\nlines\r\nand three',
  '  inner   blanks',
  'Ünïcödé 🧺 日本語',
  'https://example.com/?a=1&b=2',
  'due:2026-01-01 pri:A',
  '<b>bold</b>',
  'x'.repeat(200),
]
const ZONES = ['Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York', 'UTC', 'Asia/Calcutta']
const RULES = ['FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,TH', 'FREQ=MONTHLY;BYMONTHDAY=31', 'FREQ=YEARLY;COUNT=3']

/** The fields of a task that looks random, with every kind of value that a task may have. */
export function randomTask({ below, oneOf, maybe }: Chance): TaskFields & { title: string } {
  const due_date = maybe(() => `20${20 + below(20)}-0${1 + below(9)}-1${below(10)}`)
  const due_time = due_date && maybe(() => `1${below(10)}:${below(6)}5`)
  const due_zone = due_time && maybe(() => oneOf(ZONES))
  const recurrence =
    due_date && maybe(() => ({ rule: oneOf(RULES), next: oneOf(['upcoming', 'each', 'completion'] as const) }))
  return {
    title: `${oneOf(TEXTS).slice(0, 195)} ${below(1000)}`,
    description: maybe(() => oneOf(['', ...TEXTS])),
    completed: below(3) === 0,
    priority: maybe(() => oneOf(['high', 'medium', 'low'])),
    tags: maybe(() => ['home', 'two words', '=tag', 'ünï'].slice(below(4))),
    due_date,
    due_time,
    due_zone,
    start_date: maybe(() => due_date ?? '2019-12-31'),
    reminders:
      due_date === undefined
        ? maybe(() => ['2026-12-01T08:00'])
        : maybe(() => ['PT30M', 'P1D', '2026-12-01T08:00'].slice(below(3))),
    checklist: maybe(() => [
      { text: oneOf(TEXTS), done: below(2) === 0 },
      { text: 'Second', done: true },
    ]),
    ...(recurrence ? { recurrence } : {}),
  }
}
