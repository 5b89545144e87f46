import { describe, expect, test } from 'vitest'
import { PAUSE } from '../described_task.ts'
import { icsComponents, icsLine, icsText, textOfIcs, textsOfIcs } from './ics.ts'

describe('a written line', () => {
  test.each(['x'.repeat(67), 'x'.repeat(68), 'x'.repeat(200), 'ä'.repeat(100), '€'.repeat(100), '😀'.repeat(100)])(
    'has 75 octets at most, is divided between characters, and is read back: %j',
    (value) => {
      const written = icsLine('SUMMARY', value)
      const lines = written.split('\r\n')
      expect(lines.pop()).toBe('')
      expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75)
      expect(lines.join('\r\n').replaceAll('\r\n ', '')).toBe(`SUMMARY:${value}`)
      expect(lines.slice(0, -1).every((line) => Buffer.byteLength(line) > 75 - 4)).toBe(true)
    },
  )

  test('has no line end or control character of its own: text cannot begin another property', () => {
    expect(icsText('a\r\nEND:VTODO\rb\nc\u0000\u0007\u000b\u001f\u007f\td;,\\')).toBe(
      'a\\nEND:VTODO\\nb\\nc\td\\;\\,\\\\',
    )
  })

  test('text is read back as it was', () => {
    for (const text of ['a\nb', 'a, b; c', '\\n', 'C:\\new', '\\\\,']) expect(textOfIcs(icsText(text))).toBe(text)
    expect(textOfIcs('a\\Nb')).toBe('a\nb')
  })

  test('a list of texts is divided at commas that are not escaped', () => {
    expect(textsOfIcs('home, a\\,b,, \\;c')).toEqual(['home', 'a,b', ';c'])
  })
})

const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR', ''].join('\r\n')
const componentsOf = (text: string) => [...icsComponents(text)].filter((one) => one !== PAUSE)

describe('a calendar', () => {
  test('has its components with their properties, those that stand in others within them', () => {
    const lines = [
      'begin:vtodo',
      'due;tzid="A:B;C";X=y:20261201',
      'BEGIN:VALARM',
      'TRIGGER:-PT5M',
      'END:VALARM',
      'UID:1',
    ]
    expect(componentsOf(calendar('VERSION:2.0', ...lines, 'END:vtodo', 'BEGIN:VEVENT', 'END:VEVENT'))).toEqual([
      {
        name: 'VTODO',
        properties: [
          { name: 'DUE', parameters: { TZID: 'A:B;C', X: 'y' }, value: '20261201' },
          { name: 'UID', parameters: {}, value: '1' },
        ],
        components: [
          { name: 'VALARM', properties: [{ name: 'TRIGGER', parameters: {}, value: '-PT5M' }], components: [] },
        ],
      },
      { name: 'VEVENT', properties: [], components: [] },
    ])
  })

  test('has folded lines in one, by blanks or tabs', () => {
    const [todo] = componentsOf(calendar('BEGIN:VTODO', 'SUMMARY:a', ' b', '\tc', '  d', 'END:VTODO'))
    expect(todo?.properties).toMatchObject([{ value: 'abc d' }])
  })

  test.each([
    ['', 'the file is empty'],
    ['BEGIN:VTODO\r\nEND:VTODO', 'it is no calendar'],
    ['Dear calendar', 'it is no calendar'],
    [calendar('BEGIN:VTODO', 'END:VALARM'), 'line 3: END:VALARM without its BEGIN'],
    [calendar('END:VTODO'), 'line 2: END:VTODO without its BEGIN'],
    [calendar('BEGIN:VTODO'), 'BEGIN:VTODO is never ended'],
  ])('is refused where it is broken: %j', (text, message) => {
    expect(() => componentsOf(text)).toThrow(message)
  })

  test('has ten components in each other at most', () => {
    const nested = (depth: number) =>
      calendar(...Array<string>(depth).fill('BEGIN:X'), ...Array<string>(depth).fill('END:X'))
    expect(componentsOf(nested(10))).toHaveLength(1)
    expect(() => componentsOf(nested(11))).toThrow('line 12: too many components in each other')
  })

  test('may have any number of components of 5,000 parts, and none of more', () => {
    const todo = (parts: number) => ['BEGIN:VTODO', ...Array<string>(parts - 1).fill('X:1'), 'END:VTODO']
    expect(componentsOf(calendar(...todo(5000), ...todo(5000)))).toHaveLength(2)
    expect(() => componentsOf(calendar(...todo(5001)))).toThrow('line 5003: VTODO has too many parts')
  })

  test('has lines of 200,000 characters at most, folded or not: the rest is left out', () => {
    const long = 'x'.repeat(300_000)
    const folded = Array.from({ length: 5000 }, () => ` ${'y'.repeat(74)}`)
    const [todo] = componentsOf(calendar('BEGIN:VTODO', `A:${long}`, 'B:', ...folded, `C:z`, ` ${long}`, 'END:VTODO'))
    const lengths = todo?.properties.map(({ name, value }) => [name, value.length] as const)
    expect(lengths).toMatchObject([
      ['A', 199_998],
      ['B', expect.any(Number)],
      ['C', expect.any(Number)],
    ])
    for (const [, length] of lengths ?? []) expect(length).toBeLessThan(200_100)
  })

  test('has no property whose value begins after 10,000 characters', () => {
    const line = (length: number) => `X;A=${'x'.repeat(length - 5)}:1`
    const [todo] = componentsOf(calendar('BEGIN:VTODO', line(10_000), line(10_001), 'END:VTODO'))
    expect(todo?.properties).toHaveLength(1)
  })

  test('pauses after each 2,000 lines, also where a line is folded', () => {
    const pauses = (lines: string[]) => [...icsComponents(calendar(...lines))].filter((one) => one === PAUSE).length
    expect(pauses(Array<string>(6000).fill('X:1'))).toBe(3)
    expect(pauses(['X:1', ...Array<string>(6000).fill(' 1')])).toBe(3)
  })
})
