import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDay, isTime } from '../day.ts'
import { parseRule } from '../parse_rule.ts'
import { isRelativeReminder } from '../reminder.ts'
import { previewDays } from '../rule_days.ts'
import { MOMENT, LINES } from '../../testing/quick_add/lines.ts'
import { quickAdd, type QuickAddContext } from './quick_add.ts'
import { anyText, texts } from '../../testing/quick_add/sample_texts.ts'

const RUNS = { numRuns: 2000 }
const moments = fc.record({
  today: fc.constantFrom('2026-11-18', '2027-01-31', '2028-02-29', '2026-12-31', '9999-12-31', '1900-01-01'),
  now: fc.constantFrom('00:00', '10:00', '23:59'),
  zone: fc.constantFrom(null, 'Europe/Zurich'),
})

describe('for any text', () => {
  test('spans are ordered, inside the text, disjoint and without white space at their ends', () => {
    fc.assert(
      fc.property(anyText, moments, (text, moment) => {
        let end = 0
        for (const { from, to } of quickAdd(text, moment).spans) {
          expect(from).toBeGreaterThanOrEqual(end)
          expect(to).toBeGreaterThan(from)
          expect(to).toBeLessThanOrEqual(text.length)
          const part = text.slice(from, to)
          expect(part.trim()).toBe(part)
          end = to
        }
      }),
      RUNS,
    )
  })

  test('the title is the text without its spans, except for white space, punctuation and backslashes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { title, spans } = quickAdd(text, MOMENT)
        const rest = spans.toReversed().reduce((left, { from, to }) => left.slice(0, from) + left.slice(to), text)
        expect(lettersOf(title)).toBe(lettersOf(rest))
      }),
      RUNS,
    )
  })

  test('there is a span for every field and a field for every span', () => {
    fc.assert(
      fc.property(anyText, moments, (text, moment) => {
        const { fields, spans } = quickAdd(text, moment)
        const kinds = new Set(spans.map(({ is }) => is))
        expect(kinds.has('tag')).toBe(fields.tags !== undefined)
        expect(kinds.has('priority')).toBe(fields.priority !== undefined)
        expect(kinds.has('due_time')).toBe(fields.due_time !== undefined)
        expect(kinds.has('recurrence')).toBe(fields.recurrence !== undefined)
        expect(kinds.has('reminder')).toBe(fields.reminders !== undefined)
        expect(kinds.has('start_date')).toBe(fields.start_date !== undefined)
        const dated = kinds.has('due_date') || kinds.has('due_time') || kinds.has('recurrence')
        expect(dated).toBe(fields.due_date !== undefined)
      }),
      RUNS,
    )
  })

  test('the fields are valid and agree with each other', () => {
    fc.assert(
      fc.property(anyText, moments, (text, moment) => {
        const { due_date, due_time, due_zone, start_date, reminders, recurrence, tags } = quickAdd(text, moment).fields
        for (const day of [due_date, start_date, recurrence?.start]) expect(day === undefined || isDay(day)).toBe(true)
        expect(due_time === undefined || isTime(due_time)).toBe(true)
        expect(due_zone).toBe(due_time === undefined ? undefined : (moment.zone ?? undefined))
        if (due_date !== undefined && start_date !== undefined) expect(start_date <= due_date).toBe(true)
        for (const reminder of reminders ?? []) expect(isRelativeReminder(reminder)).toBe(true)
        for (const tag of tags ?? []) {
          expect(tag).toBe(tag.trim().normalize('NFC').toLowerCase())
          expect(tag).toMatch(/^[^#,][^,]*$/u)
        }
        expect(new Set(tags).size).toBe(tags?.length ?? 0)
      }),
      RUNS,
    )
  })

  test('the rule is valid for tasks and in its stored form, and its first day is due_date', () => {
    fc.assert(
      fc.property(fc.oneof(everyTexts, anyText), moments, (text, moment) => {
        expectSoundRule(text, moment)
      }),
      RUNS,
    )
    for (const [text, , , moment] of LINES) expectSoundRule(text, { ...MOMENT, ...moment })
  })

  test('the result is the same in upper and lower case', () => {
    const sameName = texts.filter((text) => !/\bto[md]\b/i.test(text))
    fc.assert(
      fc.property(sameName, (text) => {
        expect(quickAdd(text.toUpperCase(), MOMENT).fields).toEqual(quickAdd(text.toLowerCase(), MOMENT).fields)
      }),
      RUNS,
    )
  })
})

describe('escapes', () => {
  test('a text with a backslash before every token yields no field and is its own title', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { title, fields } = quickAdd(escaped(text), MOMENT)
        expect(fields).toEqual({})
        expect(title).toBe(text.trim())
      }),
      RUNS,
    )
  })

  test('a text in double quotes yields no field and is its own title', () => {
    const unquoted = texts.filter((text) => !/["“”]/.test(text))
    fc.assert(
      fc.property(unquoted, (text) => {
        expect(quickAdd(`"${text}"`, MOMENT)).toEqual({ title: `"${text}"`, fields: {}, spans: [] })
      }),
      RUNS,
    )
  })
})

describe('spans', () => {
  test.for<[string, string[]]>([
    ['Pay rent on the 1st every month !1 #home', ['recurrence on the 1st every month', 'priority !1', 'tag #home']],
    ['🎂 party by Friday at 5 pm!', ['due_date by Friday', 'due_time at 5 pm']],
    ['Gym every day from 1 Dec, until 24 Dec', ['recurrence every day from 1 Dec, until 24 Dec']],
    ['Gym every! 2 weeks, 5pm, 5 times', ['recurrence every! 2 weeks', 'due_time 5pm', 'recurrence 5 times']],
    [
      'Start tomorrow, #"two words". remind 1d 24 Dec',
      ['start_date Start tomorrow', 'tag #"two words"', 'reminder remind 1d', 'due_date 24 Dec'],
    ],
    ['today tomorrow \\today', ['due_date tomorrow']],
  ])('the spans of %j are the positions of its tokens', ([text, expected]) => {
    const { spans } = quickAdd(text, MOMENT)
    expect(spans.map(({ from, to, is }) => `${is} ${text.slice(from, to)}`)).toEqual(expected)
  })

  test('spans count UTF-16 units of the text', () => {
    expect(quickAdd('🎂🎂 tomorrow', MOMENT).spans).toEqual([{ from: 5, to: 13, is: 'due_date' }])
  })
})

/** Texts that name a recurrence. */
const everyTexts = fc
  .tuple(fc.constantFrom('every ', 'every! ', 'on the last day every month ', 'every 24 dec '), texts)
  .map((parts) => parts.join(''))

function expectSoundRule(text: string, moment: QuickAddContext): void {
  const { due_date, recurrence } = quickAdd(text, moment).fields
  if (!recurrence) return
  const { rule, problem } = parseRule(recurrence.rule)
  expect(problem).toBeUndefined()
  expect(rule?.text).toBe(recurrence.rule)
  expect(rule && previewDays(rule, due_date ?? '', 1)).toEqual([due_date])
  expect(recurrence.start ?? due_date).toBe(due_date)
}

/** The text with a backslash before each of its tokens. */
function escaped(text: string): string {
  let result = text
  for (let { spans } = quickAdd(result, MOMENT); spans.length > 0; { spans } = quickAdd(result, MOMENT)) {
    result = spans.toReversed().reduce((left, { from }) => `${left.slice(0, from)}\\${left.slice(from)}`, result)
  }
  return result
}

function lettersOf(text: string): string {
  return text.replaceAll(/[\s\\.,;:!?…、。，！？；：\-–—]/gu, '')
}
