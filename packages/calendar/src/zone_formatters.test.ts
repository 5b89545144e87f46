import { expect, onTestFinished, test, vi } from 'vitest'
import { isZone, today } from './zone.ts'

test('the formatters of the hundred zones that were used last are kept, and no others', () => {
  onTestFinished(() => void vi.restoreAllMocks())
  const zones = Intl.supportedValuesOf('timeZone').slice(0, 101)
  const made = vi.spyOn(Intl, 'DateTimeFormat')
  const now = new Date('2026-11-21T12:00:00Z')
  const use = (some: readonly string[]) => {
    made.mockClear()
    for (const zone of some) today(zone, now)
    return made.mock.calls.length
  }
  const [first = '', second = ''] = zones
  expect(use(zones.slice(0, 100))).toBe(100)
  expect(use(zones.slice(0, 100))).toBe(0)
  // The first is used again, so the second makes room for another one.
  expect(use([first, zones[100] ?? ''])).toBe(1)
  expect(use([first])).toBe(0)
  expect(use([second])).toBe(1)
  made.mockClear()
  for (let n = 0; n < 200; n++) expect(isZone(`Mars/${n}`)).toBe(false)
  expect(use([first, second])).toBe(0)
})
