import { expect, test } from 'vitest'
import { ApiError } from '../errors/api_error.ts'
import { cursorCodec } from './cursor.ts'
import { pageOf, verifyCursor } from './page.ts'
import type { UserContext } from './trpc.ts'

test.each([
  [0, [], null],
  [2, [1, 2], null],
  [3, [1, 2, 3], null],
  [4, [1, 2, 3], 'after 3'],
])('of %d rows a page of three has %j, and goes on %j', (count, items, next_cursor) => {
  const rows = Array.from({ length: count }, (_, n) => n + 1)
  expect(pageOf(rows, 3, (last) => `after ${last}`)).toEqual({ items, next_cursor })
})

test('a page starts where its cursor says, and a cursor of another list is refused', () => {
  const cursors = cursorCodec(Buffer.alloc(32, 1))
  const ctx = { services: { cursors } } as UserContext
  expect(verifyCursor(ctx, 'list', undefined)).toBeUndefined()
  expect(verifyCursor(ctx, 'list', cursors.sign('list', [7]))).toEqual([7])
  for (const wrong of ['', 'x', cursors.sign('other', [7])]) {
    const refused = () => verifyCursor(ctx, 'list', wrong)
    expect(refused).toThrow(ApiError)
    expect(refused).toThrow(
      expect.objectContaining({
        reason: 'validation_failed',
        details: { fields: [expect.objectContaining({ type: 'invalid_cursor', loc: ['cursor'] })] },
      }),
    )
  }
})
