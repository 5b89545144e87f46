import fc from 'fast-check'
import { WEEKDAYS } from '../../src/rule.ts'

/** Arbitrary rules that the parser accepts, in their stored form. */
export function ruleText(): fc.Arbitrary<string> {
  return fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY').chain((frequency) => {
    const numbered = frequency === 'MONTHLY' || frequency === 'YEARLY'
    return fc
      .record({
        INTERVAL: part(fc.integer({ min: 1, max: 30 }).map(String)),
        BYMONTH: part(values(fc.integer({ min: 1, max: 12 }).map(String))),
        BYMONTHDAY: frequency === 'WEEKLY' ? fc.constant(undefined) : part(values(signed(31))),
        BYDAY: part(values(numbered ? fc.oneof(weekday(), numberedWeekday(frequency)) : weekday())),
        BYSETPOS: numbered ? part(values(signed(12))) : fc.constant(undefined),
        WKST: part(weekday()),
        END: part(
          fc.oneof(
            fc.integer({ min: 1, max: 40 }).map((count) => `COUNT=${count}`),
            until(),
          ),
        ),
      })
      .map(({ END, BYSETPOS, ...parts }) => {
        const by = parts.BYMONTH ?? parts.BYMONTHDAY ?? parts.BYDAY
        const written = Object.entries({ ...parts, BYSETPOS: by && BYSETPOS }).flatMap(([name, value]) =>
          value ? `${name}=${value}` : [],
        )
        return [`FREQ=${frequency}`, ...written, ...(END ? [END] : [])].join(';')
      })
  })
}

function part(value: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> {
  return fc.option(value, { nil: undefined, freq: 2 })
}

function values(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.uniqueArray(value, { minLength: 1, maxLength: 4 }).map((list) => list.join(','))
}

function signed(max: number): fc.Arbitrary<string> {
  return fc.integer({ min: -max, max }).map((number) => String(number === 0 ? 1 : number))
}

function weekday(): fc.Arbitrary<string> {
  return fc.constantFrom(...WEEKDAYS)
}

function numberedWeekday(frequency: string): fc.Arbitrary<string> {
  return fc.tuple(signed(frequency === 'YEARLY' ? 53 : 5), weekday()).map((pair) => pair.join(''))
}

function until(): fc.Arbitrary<string> {
  return fc
    .date({ min: new Date('2000-01-01'), max: new Date('2060-12-31'), noInvalidDate: true })
    .map((date) => `UNTIL=${date.toISOString().slice(0, 10).replaceAll('-', '')}`)
}
