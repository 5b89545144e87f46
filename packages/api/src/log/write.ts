import { createHash } from 'node:crypto'
import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { loggedChange, type Change } from './schema.ts'
import { isKeyViolation } from '../errors/database_error.ts'

/** What a write says of itself in the columns of its row; the trigger moves it into the log. */
export interface ChangeMetadata {
  readonly changed_via: string
  readonly changed_key: string | null
  readonly changed_request: string | null
  readonly changed_conversation_id: number | null
}

export interface WriteInput {
  readonly idempotency_key?: string | undefined
  readonly if_version?: number | readonly number[] | undefined
}

/** How a write is done, and what to answer where it was refused. */
export interface Write<Row> {
  /** The operation's name: with its input it is the request that a key stands for. */
  readonly operation: string
  readonly input: WriteInput
  /** The write: one statement. Null where nothing matched. */
  readonly attempt: (stamp: ChangeMetadata) => Promise<Row | null>
  /** The answer to a repeat, from the change that the first one made. */
  readonly repeat: (change: Change) => Row
  /** Why nothing matched: must throw, unless a further attempt could succeed. */
  readonly explain: () => Promise<void>
}

const MAX_ATTEMPTS = 5

/**
 * Does a write once for its idempotency key. On the normal path this is the one statement of `attempt`: the log's
 * unique key makes a repeat fail, and only then, or when nothing matched, is the log read.
 */
export async function idempotentWrite<Row>(ctx: UserContext, write: Write<Row>): Promise<Row> {
  const stamp = changeMetadata(ctx, write)
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    const row = await attempted(write, stamp)
    if (row !== null) return row
    const first = await remembered(ctx, stamp)
    if (first !== null) return write.repeat(first)
    await write.explain()
  }
  throw new ApiError('overloaded', { retry_after: 1 })
}

async function attempted<Row>(write: Write<Row>, stamp: ChangeMetadata): Promise<Row | null> {
  try {
    return await write.attempt(stamp)
  } catch (error) {
    if (stamp.changed_key !== null && isKeyViolation(error)) return null
    throw error
  }
}

/** The change that this key made before; null if none did. */
async function remembered(ctx: UserContext, { changed_key, changed_request }: ChangeMetadata): Promise<Change | null> {
  if (changed_key === null) return null
  const change = await ctx.services.db.change.findFirst({
    where: { user_id: ctx.user_id, key: changed_key },
  })
  if (change === null) return null
  if (change.request !== changed_request) throw new ApiError('idempotency_key_reused')
  return loggedChange.parse(change)
}

function changeMetadata<Row>(ctx: UserContext, { operation, input }: Write<Row>): ChangeMetadata {
  const key = input.idempotency_key ?? null
  return {
    changed_via: ctx.via,
    changed_key: key,
    changed_request: key === null ? null : requestHash(operation, input),
    changed_conversation_id: ctx.conversation_id ?? null,
  }
}

/** Equal for equal requests, whichever door they came through. */
export function requestHash(operation: string, input: object): string {
  const fields = Object.entries(input).filter(([name, value]) => name !== 'idempotency_key' && value !== undefined)
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([operation, fields]))
    .digest('base64url')
}
