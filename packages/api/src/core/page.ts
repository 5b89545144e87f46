import type { CursorPart } from './cursor.ts'
import { Refusal } from '../errors/api_error.ts'
import type { UserContext } from './trpc.ts'

/** Where a page starts: undefined for the first; a cursor of another query, sort or user is invalid. */
export function openCursor(ctx: UserContext, query: string, cursor: string | undefined): CursorPart[] | undefined {
  if (cursor === undefined) return undefined
  const place = ctx.services.cursors.open(query, cursor)
  if (place !== null) return place
  const msg = 'Not a cursor of this list with this sort and filter'
  throw new Refusal('validation_failed', { fields: [{ type: 'invalid_cursor', loc: ['cursor'], msg }] })
}
