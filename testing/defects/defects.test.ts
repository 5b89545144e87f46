import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './copy.ts'
import { planted } from './defect.ts'
import { report } from './report.ts'
import { tables } from './tables.ts'

const all = Object.values(tables).flat()
const defect = { name: 'one', kind: 'logic', file: 'packages/api/src/one.ts', search: 'a', replacement: 'b' } as const

test.each(all)('$file can still be planted with: $name', (one) => {
  const source = readFileSync(join(root, one.file), 'utf8')
  expect(planted(source, one)).not.toBe(source)
})

test('each defect has a name of its own', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})

test('a defect whose place is gone or not certain is refused', () => {
  expect(planted('cat', defect)).toBe('cbt')
  expect(() => planted('', defect)).toThrow('contains its search text 0 times')
  expect(() => planted('aa', defect)).toThrow('contains its search text 2 times')
})

test('the report counts by package and kind, and names what survived', () => {
  const web = { ...defect, name: 'two', file: 'apps/web/src/two.ts', kind: 'time' } as const
  const text = report([
    { defect, result: { noticed: 'a test', seconds: 1, passed: [], related: 3 } },
    { defect: web, result: { noticed: undefined, seconds: 1, passed: ['two.test.ts'], related: 3 } },
  ])
  expect(text).toContain('| api |  | 1 of 1 |  |  |  |  | 1 of 1 |')
  expect(text).toContain('| all |  | 1 of 1 |  |  | 0 of 1 |  | 1 of 2 |')
  expect(text).toContain('survived 1 of 3 test files: web, time: two')
})
