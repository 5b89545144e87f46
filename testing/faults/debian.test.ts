import { expect, test } from 'vitest'
import { reasonToSkip } from './debian.ts'

const present = ['node', process.execPath] as const
const absent = ['some-package', '/nowhere/program'] as const

test('tests are skipped with the names of the missing packages, and fail in CI', () => {
  expect(reasonToSkip([present, absent], false)).toBe(
    'not installed: some-package (testing/faults/install.sh installs them on Debian)',
  )
  expect(() => reasonToSkip([present, absent], true)).toThrow('not installed: some-package')
})

test('nothing is skipped where every program is installed', () => {
  expect(reasonToSkip([present], true)).toBeUndefined()
})
