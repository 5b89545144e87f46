import { TaskwireError } from '@taskwire/client'
import { expect, test } from 'vitest'
import { errorText } from './error_text.ts'
import { de } from './texts/de/index.ts'
import { fieldLabel } from './fields/field_labels.ts'

function refusal(loc: readonly (string | number)[], msg: string): TaskwireError {
  const fields = [{ type: 'x', loc: [...loc], msg }]
  const data = { code: 'BAD_REQUEST', httpStatus: 422, reason: 'validation_failed', fields } as const
  return new TaskwireError('validation_failed', { shape: { message: `[${loc.join('.')}] ${msg}`, code: -32600, data } })
}

test('a refused field is said in the words of the server, without the place that programs read', () => {
  expect(errorText(refusal(['body', 'title'], 'Must not be empty'))).toBe('Must not be empty.')
  expect(errorText(new TaskwireError('unreachable'))).toBe('The server cannot be reached. Try again in a moment.')
  expect(errorText(new Error('x is not a function'))).toBe('Something went wrong.')
})

test('in German a refused field is named, and no English is said', () => {
  const { fieldError } = de.account
  const title = de.fields.labels.title
  expect(fieldError(title, 'Must not be empty')).toBe('Titel darf nicht leer sein.')
  expect(fieldError(title, 'Must have at most 200 characters')).toBe('Titel darf höchstens 200 Zeichen haben.')
  expect(fieldError(de.fields.labels.tags, 'Must have at most 20 items')).toBe('Tags darf höchstens 20 Einträge haben.')
  expect(fieldError(fieldLabel('url'), 'Must be an http or https URL')).toMatch(
    /: Diesen Wert nimmt der Server nicht an\.$/,
  )
  expect(fieldError(undefined, 'Field required')).toBe('Die Angabe fehlt.')
})
