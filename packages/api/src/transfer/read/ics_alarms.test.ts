import { expect, test } from 'vitest'
import { remindersOf, type IcsMoment } from './ics_alarms.ts'

const context = { today: '2026-11-21', zone: 'Europe/Berlin' }
const timed = { day: '2026-12-01', time: '17:00', zone: 'UTC' }
const wholeDay = { day: '2026-12-01' }

interface Alarm {
  readonly trigger?: string
  readonly related?: string
  readonly at?: IcsMoment | undefined
  readonly start?: IcsMoment | undefined
  readonly properties?: readonly string[]
}

/** The reminders that an alarm stands for, and what is lost of it. */
function read({ trigger, related, at, start, properties = [] }: Alarm) {
  const lost = new Set<string>()
  const own = properties.map((name) => ({ name, parameters: {}, value: '' }))
  const parameters: Record<string, string> = related === undefined ? {} : { RELATED: related }
  const all = trigger === undefined ? own : [...own, { name: 'TRIGGER', parameters, value: trigger }]
  const alarm = { name: 'VALARM', properties: all, components: [] }
  const reminders = remindersOf({ name: 'VTODO', properties: [], components: [alarm] }, { at, start, context, lost })
  return [...reminders, ...[...lost].map((name) => `lost ${name}`)]
}

test.each([
  ['-PT15M', 'PT15M'],
  ['-P1D', 'P1D'],
  ['-P1W', 'P7D'],
  ['-P1DT1H30M', 'P1DT1H30M'],
  ['-PT90M', 'PT1H30M'],
  ['-PT120M', 'PT2H'],
  ['PT0S', 'PT0S'],
  ['-PT0S', 'PT0S'],
  [' -PT15M ', 'PT15M'],
  ['-P28D', 'P28D'],
])('%j before the due time is %s', (trigger, reminder) => {
  expect(read({ trigger, at: timed })).toEqual([reminder])
})

test.each([
  ['PT30M', timed, '2026-12-01T17:30'],
  ['-P29D', timed, '2026-11-02T17:00'],
  ['-P28DT1M', timed, '2026-11-03T16:59'],
  ['PT9H', wholeDay, '2026-12-01T09:00'],
  ['-PT15H', wholeDay, '2026-11-30T09:00'],
])('%s after it, or too long before, from %o, is the local time %s', (trigger, at, reminder) => {
  expect(read({ trigger, at })).toEqual([reminder])
})

test('days before a whole day are a duration', () => {
  expect(read({ trigger: '-P2D', at: wholeDay })).toEqual(['P2D'])
})

test('a duration counts from the start, unless it is related to the end or there is none', () => {
  const start = { day: '2026-11-28', time: '08:00', zone: 'UTC' }
  expect(read({ trigger: '-PT15M', at: timed, start })).toEqual(['2026-11-28T07:45'])
  expect(read({ trigger: '-PT15M', at: timed, start, related: 'end' })).toEqual(['PT15M'])
  expect(read({ trigger: '-PT15M', at: timed, start: timed })).toEqual(['PT15M'])
  expect(read({ trigger: '-PT15M', start })).toEqual(['2026-11-28T08:45'])
  expect(read({ trigger: '-PT15M' })).toEqual(['lost alarm'])
})

test('an instant is the local time of the task, else of the user', () => {
  const trigger = '20261201T080000Z'
  expect(read({ trigger, at: { ...timed, zone: 'Asia/Kathmandu' } })).toEqual(['2026-12-01T13:45'])
  expect(read({ trigger, at: wholeDay })).toEqual(['2026-12-01T09:00'])
  expect(read({ trigger })).toEqual(['2026-12-01T09:00'])
})

test.each(['20269901T080000Z', 'soon', 'P10001D', '-PT100000M', '', '-P', 'P1DT'])(
  'the trigger %j is lost',
  (trigger) => {
    expect(read({ trigger, at: timed })).toEqual(['lost alarm'])
  },
)

test('a day that does not exist has no reminders of its own', () => {
  expect(read({ trigger: 'PT9H', at: { day: '2026-02-30' } })).toEqual(['lost alarm'])
  expect(read({ trigger: 'PT9H', at: { day: '2026-02-28', time: '25:00' } })).toEqual(['lost alarm'])
})

test('an alarm that waits for a place is lost, and so is one without a trigger', () => {
  expect(read({ trigger: '-PT15M', at: timed, properties: ['X-APPLE-PROXIMITY'] })).toEqual(['lost location alarm'])
  expect(read({ at: timed })).toEqual(['lost alarm'])
})
