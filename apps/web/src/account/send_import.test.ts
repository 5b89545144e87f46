import { expect, test } from 'vitest'
import { t } from '../texts/texts.ts'
import { importProblem } from './send_import.ts'

test('a file that cannot be read is refused with the reason', () => {
  const detail = [{ type: 'import_unreadable', loc: ['body'], msg: 'This file cannot be read: it is not valid JSON' }]
  expect(importProblem({ detail, code: 'import_unreadable' }, 422)).toBe(
    'This file cannot be read: it is not valid JSON.',
  )
})

test('other refusals are sentences of the app where it has one', () => {
  expect(importProblem({ detail: 'Overloaded', code: 'overloaded' }, 503)).toBe(t.account.errors.overloaded)
  expect(importProblem({ detail: 'Forbidden', code: 'scope_insufficient' }, 403)).toBe('Forbidden.')
  expect(importProblem(undefined, 413)).toBe(t.account.data.tooLarge)
  expect(importProblem(null, 502)).toBe('Something went wrong.')
})
