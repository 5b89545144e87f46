import { expect, test } from 'vitest'
import { HARMLESS_LINES, LINES, MOMENT } from '../../testing/quick_add/lines.ts'
import { quickAdd } from './quick_add.ts'

test.for(LINES)('%j yields the published title and fields', ([text, title, fields, moment]) => {
  const { title: actualTitle, fields: actualFields } = quickAdd(text, { ...MOMENT, ...moment })
  expect({ title: actualTitle, fields: actualFields }).toEqual({ title, fields })
})

test.for(HARMLESS_LINES)('%j yields no field and keeps its title', (text) => {
  expect(quickAdd(text, MOMENT)).toEqual({ title: text, fields: {}, spans: [] })
})

test('the published examples are at least 300 lines and 200 harmless ones, without duplicates', () => {
  const lines = new Set(LINES.map(([text, , , moment]) => JSON.stringify([text, moment])))
  expect(lines.size).toBe(LINES.length)
  expect(LINES.length).toBeGreaterThanOrEqual(300)
  expect(new Set(HARMLESS_LINES).size).toBe(HARMLESS_LINES.length)
  expect(HARMLESS_LINES.length).toBeGreaterThanOrEqual(200)
})
