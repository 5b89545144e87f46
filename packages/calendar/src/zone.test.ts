import { describe, expect, test } from 'vitest'
import { sweepZones } from '../testing/oracles/run_zone_sweep.ts'
import { firstDayNotBefore, instantOf, isZone, localTime, today } from './zone.ts'

describe.each(['UTC', 'America/New_York', 'Pacific/Kiritimati'])('with TZ=%s', (zone) => {
  test('every 16th time zone agrees with Temporal around all transitions of 2026 to 2030', async () => {
    const { compared, transitions, different, first } = await sweepZones(zone, 16)
    expect(first).toEqual([])
    expect(different).toBe(0)
    expect(transitions).toBeGreaterThan(50)
    expect(compared).toBeGreaterThan(2000)
  })
})

test.each([
  ['2026-11-21', '17:00', 'UTC', '2026-11-21T17:00:00.000Z', 'UTC'],
  ['2026-11-21', '17:00', 'Asia/Kathmandu', '2026-11-21T11:15:00.000Z', 'three quarters of an hour'],
  ['2027-03-28', '02:30', 'Europe/Berlin', '2027-03-28T01:30:00.000Z', 'skipped: becomes 03:30'],
  ['2027-03-28', '02:00', 'Europe/Berlin', '2027-03-28T01:00:00.000Z', 'the first minute of the gap'],
  ['2027-03-28', '03:00', 'Europe/Berlin', '2027-03-28T01:00:00.000Z', 'the first minute after the gap'],
  ['2027-10-31', '02:30', 'Europe/Berlin', '2027-10-31T00:30:00.000Z', 'twice: the first'],
  ['2027-10-31', '03:00', 'Europe/Berlin', '2027-10-31T02:00:00.000Z', 'once again'],
  ['2027-10-03', '02:15', 'Australia/Lord_Howe', '2027-10-02T15:45:00.000Z', 'a gap of half an hour: 02:45'],
  [
    '2011-12-30',
    '12:00',
    'Pacific/Apia',
    '2011-12-30T22:00:00.000Z',
    'a day that was skipped: the same time on the next',
  ],
  ['1900-01-01', '00:00', 'Africa/Monrovia', '1900-01-01T00:43:08.000Z', 'an offset with seconds'],
  ['9999-12-31', '00:00', 'UTC', '9999-12-31T00:00:00.000Z', 'the last day there is'],
  ['9999-12-31', '23:59', 'America/Los_Angeles', '9999-12-31T23:59:59.999Z', 'the year 10000 cannot be written'],
  ['2026-11-21', '17:00', 'Asia/Calcutta', '2026-11-21T11:30:00.000Z', 'a link'],
])('%s %s in %s is %s: %s', (day, time, zone, instant) => {
  expect(instantOf({ day, time }, zone).toISOString()).toBe(instant)
})

test.each([
  ['2026-02-30', '10:00', 'UTC'],
  ['2026-02-28', '24:00', 'UTC'],
  ['2026-02-28', '10:00', 'Mars/Olympus'],
  ['2026-02-28', '10:00', '+02:00'],
])('%s %s in %s is a RangeError', (day, time, zone) => {
  expect(() => instantOf({ day, time }, zone)).toThrow(RangeError)
})

test('one instant falls on different days in Los Angeles and in Kathmandu', () => {
  const now = new Date('2026-11-21T18:20:00Z')
  expect(localTime(now, 'Asia/Kathmandu')).toEqual({ day: '2026-11-22', time: '00:05' })
  expect(localTime(now, 'America/Los_Angeles')).toEqual({ day: '2026-11-21', time: '10:20' })
  expect(today('Asia/Kathmandu', now)).toBe('2026-11-22')
  expect(today('America/Los_Angeles', now)).toBe('2026-11-21')
})

test('midnight belongs to the new day; a millisecond earlier belongs to the day before', () => {
  expect(localTime(new Date('2026-11-21T23:00:00Z'), 'Europe/Berlin')).toEqual({ day: '2026-11-22', time: '00:00' })
  expect(localTime(new Date('2026-11-21T22:59:59.999Z'), 'Europe/Berlin')).toEqual({ day: '2026-11-21', time: '23:59' })
  expect(localTime(new Date('1969-12-31T23:59:59.999Z'), 'UTC')).toEqual({ day: '1969-12-31', time: '23:59' })
})

test('firstDayNotBefore is today until its time has passed', () => {
  const at = (now: string, time?: string): string => firstDayNotBefore(new Date(now), 'Asia/Kathmandu', time)
  expect(at('2026-11-21T11:15:00Z')).toBe('2026-11-21')
  expect(at('2026-11-21T11:15:00Z', '17:00')).toBe('2026-11-21')
  expect(at('2026-11-21T11:15:01Z', '17:00')).toBe('2026-11-22')
  expect(at('9999-12-31T18:00:00Z', '23:30')).toBe('9999-12-31')
})

test.each([
  'UTC',
  'utc',
  'GMT',
  'EST',
  'Etc/GMT+12',
  'Etc/GMT-14',
  'Europe/Berlin',
  'europe/berlin',
  'Asia/Calcutta',
  'Asia/Kolkata',
  'US/Eastern',
  'America/Argentina/ComodRivadavia',
  'America/Port-au-Prince',
  'EST5EDT',
])('%s is a time zone', (name) => {
  expect(isZone(name)).toBe(true)
})

test.each([
  '',
  '+02:00',
  '-0800',
  '+02',
  'Z',
  'UTC+2',
  'GMT+2',
  'Mars/Olympus',
  'Europe',
  'Europe/',
  ' Europe/Berlin',
  'Europe/Berlin\n',
  'PST',
  'pst',
  'IST',
  'SystemV/PST8',
  'local',
  'undefined',
  '../UTC',
  'Europe/Berlin;x',
  'A'.repeat(100_000),
  'Ünited/Kingdom',
])('%j is not a time zone', (name) => {
  expect(isZone(name)).toBe(false)
})

test('more time zones than the cache holds still yield the right times', () => {
  const zones = Intl.supportedValuesOf('timeZone')
  const times = (): string[] => zones.map((zone) => instantOf({ day: '2026-07-01', time: '12:00' }, zone).toISOString())
  const first = times()
  expect(zones.length).toBeGreaterThan(300)
  expect(times()).toEqual(first)
})
