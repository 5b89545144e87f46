import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Day } from '../../src/day.ts'
import { parseRule } from '../../src/parse_rule.ts'
import { nextDay } from '../../src/rule_days.ts'

/**
 * Prints how many microseconds nextDay takes to find the day after the fifth of each of the 2,500 rules: the median and
 * the maximum. The rule is parsed beforehand; each figure is the mean of 200 calls.
 */

const CALLS = 200
const rules: [string, Day, Day[], Day][] = JSON.parse(
  gunzipSync(readFileSync(new URL('./rrule-dates.json.gz', import.meta.url))).toString(),
)
const times: { text: string; us: number }[] = []
for (const round of ['warm', 'measured']) {
  for (const [text, start, days] of rules) {
    const { rule } = parseRule(text)
    if (!rule) throw new Error(text)
    const before = performance.now()
    for (let i = 0; i < CALLS; i += 1) nextDay(rule, start, days[4] ?? start)
    if (round === 'measured') times.push({ text, us: ((performance.now() - before) * 1000) / CALLS })
  }
}
times.sort((a, b) => a.us - b.us)
for (const part of [0.5, 0.9, 0.99, 1]) {
  const at = times[Math.ceil(times.length * part) - 1]
  process.stdout.write(`${part}: ${at?.us.toFixed(1)} us  ${at?.text}\n`)
}
