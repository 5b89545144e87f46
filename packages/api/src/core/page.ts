import { ApiError } from '../errors/api_error.ts'
import type { CursorPart } from './services.ts'
import type { UserContext } from './trpc.ts'

/** Where a page starts: undefined for the first; a cursor of another query, sort or user is invalid. */
export function verifyCursor(ctx: UserContext, query: string, cursor: string | undefined): CursorPart[] | undefined {
  if (cursor === undefined) return undefined
  const position = ctx.services.cursors.verify(query, cursor)
  if (position !== null) return position
  const msg = 'Not a cursor of this list with this sort and filter'
  throw new ApiError('validation_failed', { fields: [{ type: 'invalid_cursor', loc: ['cursor'], msg }] })
}

/**
 * The page that starts with these rows. One row more than `limit` was read to know whether others follow.
 * `cursorAfter` signs the position of the page's last row.
 */
export function pageOf<Row>(rows: readonly Row[], limit: number, cursorAfter: (last: Row) => string) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next_cursor: rows.length > limit && last !== undefined ? cursorAfter(last) : null }
}
