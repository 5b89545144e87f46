import { expect, test } from 'vitest'
import { publishedFields } from './published_fields.ts'

test('a field that callers set is published with its limits and its default', () => {
  expect(publishedFields.title).toEqual({
    settable: true,
    required: true,
    nullable: false,
    added: false,
    type: 'string',
    minLength: 1,
    maxLength: 200,
  })
  expect(publishedFields.description).toMatchObject({ nullable: true, required: false, default: null, maxLength: 1000 })
  expect(publishedFields.completed).toMatchObject({ settable: true, required: false, default: false, type: 'boolean' })
})

test('a field that the system sets is published as not settable', () => {
  const fixed = Object.entries(publishedFields).flatMap(([name, { settable }]) => (settable ? [] : [name]))
  expect(fixed).toEqual([
    'id',
    'user_id',
    'created_at',
    'updated_at',
    'version',
    'due_at',
    'position',
    'series_id',
    'next_task_id',
    'completed_at',
  ])
})

test('the published fields are plain data', () => {
  expect(JSON.parse(JSON.stringify(publishedFields))).toEqual(publishedFields)
})
