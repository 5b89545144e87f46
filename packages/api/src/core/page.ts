import type { CursorPart } from './services.ts'
import { ApiError } from '../errors/api_error.ts'
import type { UserContext } from './trpc.ts'

/** Where a page starts: undefined for the first; a cursor of another query, sort or user is invalid. */
export function verifyCursor(ctx: UserContext, query: string, cursor: string | undefined): CursorPart[] | undefined {
  if (cursor === undefined) return undefined
  const place = ctx.services.cursors.verify(query, cursor)
  if (place !== null) return place
  const msg = 'Not a cursor of this list with this sort and filter'
  throw new ApiError('validation_failed', { fields: [{ type: 'invalid_cursor', loc: ['cursor'], msg }] })
}
