import { parseRule } from '@taskwire/calendar'
import { expect, test } from 'vitest'
import { de } from './de/index.ts'
import { start as germanStart } from './de/start.ts'
import { en } from './en/index.ts'
import { start } from './en/start.ts'
import { ruleText } from './de/rule_text.ts'

/** Every text of a table by its path; a text with values as the number of them. */
function paths(table: unknown, path = ''): Map<string, string> {
  if (typeof table === 'string') return new Map([[path, table]])
  if (typeof table === 'function') return new Map([[path, `(${table.length})`]])
  return new Map(Object.entries(table ?? {}).flatMap(([key, value]) => [...paths(value, `${path}.${key}`)]))
}

const tables = [
  ['the app', en, de],
  ['the first screens', start, germanStart],
] as const

test.each(tables)(
  'the texts of %s have the same keys in both languages, and none is empty',
  (_name, english, german) => {
    const [first, second] = [paths(english), paths(german)]
    expect(first.size).toBeGreaterThan(30)
    expect([...second.keys()]).toEqual([...first.keys()])
    expect([...first.values(), ...second.values()]).not.toContain('')
  },
)

test.each(tables)('the texts of %s are translated', (_name, english, german) => {
  const second = paths(german)
  const same = [...paths(english)].filter(([path, text]) => /\w \w/.test(text) && second.get(path) === text)
  // The assistant without a model understands English only.
  expect(same.filter(([path]) => !path.startsWith('.chat.examples'))).toEqual([])
})

test.each([
  ['FREQ=DAILY', 'jeden Tag'],
  ['FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR', 'jeden Werktag'],
  ['FREQ=WEEKLY', 'jede Woche am Samstag'],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,MO', 'alle 2 Wochen am Montag und Donnerstag'],
  ['FREQ=MONTHLY', 'jeden Monat am 21.'],
  ['FREQ=MONTHLY;BYDAY=-1FR', 'jeden Monat am letzten Freitag'],
  ['FREQ=MONTHLY;BYMONTHDAY=15,-1', 'jeden Monat am 15. und letzten Tag'],
  ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', 'jeden Monat am letzten Werktag'],
  ['FREQ=YEARLY;COUNT=3', 'jedes Jahr am 21. November, 3-mal'],
  ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', 'jedes Jahr am vierten Donnerstag im November'],
  ['FREQ=DAILY;UNTIL=20271224', 'jeden Tag, bis 24. Dezember 2027'],
])('%s from Saturday, 21 November 2026 is "%s" in German', (text, words) => {
  const { rule } = parseRule(text)
  expect(rule && ruleText(rule, '2026-11-21')).toBe(words)
})

test('a rule without a start takes nothing from it in German', () => {
  const { rule } = parseRule('FREQ=WEEKLY')
  expect(rule && ruleText(rule, undefined)).toBe('jede Woche')
})
