import { expect, test } from 'vitest'
import { z } from 'zod'
import { fieldErrors } from './field_errors.ts'

const schema = z.strictObject({
  title: z.string().min(1).max(3).optional(),
  size: z.int().min(1).max(5).optional(),
  above: z.number().gt(2).optional(),
  tags: z.array(z.string()).max(1).optional(),
  kind: z.enum(['a', 'b']).optional(),
  done: z.boolean().optional(),
  nested: z.strictObject({ id: z.number() }).optional(),
  own: z
    .string()
    .refine(() => false, { message: 'Must be mine', params: { type: 'not_mine' } })
    .optional(),
  plain: z
    .string()
    .refine(() => false, 'Must be plain')
    .optional(),
})

const errors = (input: unknown) => {
  const { error } = schema.safeParse(input)
  return error === undefined ? [] : fieldErrors(error)
}

test.each([
  [{ title: '' }, 'too_small', ['title'], 'Must not be empty'],
  [{ title: 'long' }, 'too_big', ['title'], 'Must have at most 3 characters'],
  [{ title: 7 }, 'invalid_type', ['title'], 'Must be text'],
  [{ size: 0 }, 'too_small', ['size'], 'Must be at least 1'],
  [{ size: 6 }, 'too_big', ['size'], 'Must be at most 5'],
  [{ size: 1.5 }, 'invalid_type', ['size'], 'Must be an integer'],
  [{ above: 2 }, 'too_small', ['above'], 'Must be greater than 2'],
  [{ above: 'x' }, 'invalid_type', ['above'], 'Must be a number'],
  [{ tags: ['a', 'b'] }, 'too_big', ['tags'], 'Must have at most 1 items'],
  [{ tags: 'a' }, 'invalid_type', ['tags'], 'Must be a list'],
  [{ tags: [7] }, 'invalid_type', ['tags', 0], 'Must be text'],
  [{ kind: 'c' }, 'invalid_value', ['kind'], 'Must be one of: a, b'],
  [{ done: 'yes' }, 'invalid_type', ['done'], 'Must be true or false'],
  [{ nested: 7 }, 'invalid_type', ['nested'], 'Must be an object'],
  [{ nested: {} }, 'missing', ['nested', 'id'], 'Field required'],
  [{ nested: { id: 1, more: 2 } }, 'unknown_field', ['nested', 'more'], 'Unknown field'],
  [{ own: 'x' }, 'not_mine', ['own'], 'Must be mine'],
  [{ plain: 'x' }, 'custom', ['plain'], 'Must be plain'],
  [undefined, 'invalid_type', [], 'Must be an object'],
])('%j violates a rule of type %s at %j: %s', (input, type, loc, msg) => {
  expect(errors(input)).toEqual([{ type, loc, msg }])
})

test('each unknown field is an error of its own', () => {
  expect(errors({ a: 1, b: 2 }).map(({ loc }) => loc)).toEqual([['a'], ['b']])
})
