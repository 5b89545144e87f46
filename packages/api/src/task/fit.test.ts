import { expect, test } from 'vitest'
import { fitAddedFields } from './fit.ts'

test.each([
  ['normal', 'medium'],
  ['urgent', 'high'],
  ['none', null],
  ['', null],
  ['low', 'low'],
  [null, null],
])('the priority %j of an old client is %j', (sent, priority) => {
  expect(fitAddedFields({ priority: sent })).toEqual({ fitted: { priority }, ignored: [] })
})

test('values of added fields that do not fit are left out and named; other fields stay as they are', () => {
  const body = { title: 7, unknown: 'x', priority: 'asap', tags: 'a', due_date: '2026-12-01', series_id: 4 }
  expect(fitAddedFields(body)).toEqual({
    fitted: { title: 7, unknown: 'x', due_date: '2026-12-01', series_id: 4 },
    ignored: ['priority', 'tags'],
  })
  expect(body).toHaveProperty('priority')
})

test('a field that was sent as undefined does not fit, and an inherited one was not sent', () => {
  expect(fitAddedFields({ tags: undefined })).toEqual({ fitted: {}, ignored: ['tags'] })
  expect(fitAddedFields(Object.create({ tags: 'a' }))).toEqual({ fitted: {}, ignored: [] })
})
