import { INT32_MAX, isUserId } from '@taskwire/db'

export type OldRow = Readonly<Record<string, unknown>> & { readonly id: unknown; readonly user_id: unknown }

/** The row to insert for a row of the old service, or the reason why it cannot be imported. */
export type ImportedRow =
  | { readonly row: Readonly<Record<string, unknown>>; readonly notes: readonly string[] }
  | { readonly refused: string }

/** What is read of the times of an old row. Times without a zone are UTC, as is the session: the cast suits both types. */
export const selectedTimes = ['created_at::timestamptz::text', 'updated_at::timestamptz::text']

/** The reasons why a row can have no place here, whichever table it is from. */
export function ownerAndIdProblems({ id, user_id }: OldRow): string[] {
  const problems: string[] = []
  if (!isUserId(user_id)) {
    problems.push(
      'its user id is not one that a token can name (1 to 128 characters, no control characters, not "auth")',
    )
  }
  if (typeof id !== 'number' || id < 1 || id > INT32_MAX) problems.push(`its id is not between 1 and ${INT32_MAX}`)
  return problems
}

export function timesOf({ created_at, updated_at }: OldRow): {
  times: { created_at: unknown; updated_at: unknown }
  notes: string[]
} {
  // Not the current time: a repeated run finds the row again by its creation time.
  const created = created_at ?? updated_at ?? '1970-01-01T00:00:00Z'
  const notes =
    created_at === null ? [`created_at was null: taken as ${updated_at === null ? '1970-01-01' : 'updated_at'}`] : []
  return { times: { created_at: created, updated_at: updated_at ?? created }, notes }
}
