import { expect, test } from 'vitest'
import { icsZone } from './ics_zone.ts'

/** The observances of a zone as `name begin from->to`. */
function observances(zone: string, from: number, to: number): string[] {
  const text = icsZone(zone, { from, to })
  const parts = /BEGIN:(\w+)\r\nDTSTART:(\w+)\r\nTZOFFSETFROM:(\S+)\r\nTZOFFSETTO:(\S+)\r\nEND:\1\r\n/g
  return [...text.matchAll(parts)].map(([, name, at, before, after]) => `${name} ${at} ${before}->${after}`)
}

test('a zone has its name, its offset at the beginning and each change, in the local time before it', () => {
  expect(icsZone('Europe/Berlin', { from: 2026, to: 2026 })).toMatch(
    /^BEGIN:VTIMEZONE\r\nTZID:Europe\/Berlin\r\nBEGIN:STANDARD\r\n[^]*END:STANDARD\r\nEND:VTIMEZONE\r\n$/,
  )
  expect(observances('Europe/Berlin', 2026, 2027)).toEqual([
    'STANDARD 20260101T000000 +0100->+0100',
    'DAYLIGHT 20260329T020000 +0100->+0200',
    'STANDARD 20261025T030000 +0200->+0100',
    'DAYLIGHT 20270328T020000 +0100->+0200',
    'STANDARD 20271031T030000 +0200->+0100',
  ])
})

test.each([
  ['Asia/Kathmandu', ['STANDARD 20260101T000000 +0545->+0545']],
  [
    'America/St_Johns',
    [
      'STANDARD 20260101T000000 -0330->-0330',
      'DAYLIGHT 20260308T020000 -0330->-0230',
      'STANDARD 20261101T020000 -0230->-0330',
    ],
  ],
  [
    'Australia/Lord_Howe',
    [
      'STANDARD 20260101T000000 +1100->+1100',
      'STANDARD 20260405T020000 +1100->+1030',
      'DAYLIGHT 20261004T020000 +1030->+1100',
    ],
  ],
])('the offsets of %s are exact to the minute', (zone, expected) => {
  expect(observances(zone, 2026, 2026)).toEqual(expected)
})
