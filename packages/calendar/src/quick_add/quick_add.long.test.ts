import { expect, test } from 'vitest'
import { HARMLESS_LINES, LINES, MOMENT } from '../../testing/quick_add/lines.ts'
import { quickAdd } from './quick_add.ts'
import { PIECES } from '../../testing/quick_add/sample_texts.ts'

// The tests measure CPU time, so a busy machine does not matter. The limits are the goals; measured times are 10 to 50
// times smaller.

test('the median published line takes less than 1 ms', () => {
  const lines = [...LINES.map(([text]) => text), ...HARMLESS_LINES]
  const times = lines.map((text) => cpuMilliseconds(text)).toSorted((one, other) => one - other)
  const median = times[Math.floor(times.length / 2)] ?? Infinity
  console.info(`median ${median.toFixed(4)} ms, slowest ${times.at(-1)?.toFixed(4)} ms`)
  expect(median).toBeLessThan(1)
})

test('the slowest text of 500 characters that a search finds takes less than 10 ms', () => {
  const { text, milliseconds } = slowest(500)
  console.info(`${milliseconds.toFixed(3)} ms: ${text.slice(0, 80)}...`)
  expect(milliseconds).toBeLessThan(10)
})

test('the time grows linearly with the length of the text', () => {
  const unit = slowest(500).text
  const short = cpuMilliseconds(unit)
  const long = cpuMilliseconds(unit.repeat(20))
  console.info(`${short.toFixed(3)} ms, 20 times as long ${long.toFixed(3)} ms`)
  expect(long / short).toBeLessThan(20 * 4)
})

/** The slowest text of repeated pieces and pairs of pieces, after 3000 mutations. */
function slowest(length: number): { text: string; milliseconds: number } {
  const random = mulberry(1)
  const pick = (): string => PIECES[Math.floor(random() * PIECES.length)] ?? ''
  let best = { text: '', milliseconds: 0 }
  const attempt = (text: string): void => {
    const cut = text.slice(0, length)
    const milliseconds = cpuMilliseconds(cut, 5)
    if (milliseconds > best.milliseconds && cpuMilliseconds(cut) > best.milliseconds) best = { text: cut, milliseconds }
  }
  for (const piece of [...PIECES, '\\', '#(', '#"', '- ']) {
    for (const end of ['', ' ', ',', ` ${pick()} `]) attempt(`${piece}${end}`.repeat(length))
  }
  for (let round = 0; round < 3000; round += 1) {
    const at = Math.floor(random() * length)
    const insert = round % 3 === 0 ? `${pick()} ${pick()} `.repeat(20) : ` ${pick()} `
    attempt((best.text.slice(0, at) + insert + best.text.slice(at + insert.length)).padEnd(length, ' x'))
  }
  return { text: best.text, milliseconds: cpuMilliseconds(best.text) }
}

/** The mean CPU time of a call. */
function cpuMilliseconds(text: string, calls = 50): number {
  quickAdd(text, MOMENT)
  const before = process.cpuUsage()
  for (let call = 0; call < calls; call += 1) quickAdd(text, MOMENT)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / calls
}

/** Pseudorandom numbers from 0 to 1, the same in every run. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
