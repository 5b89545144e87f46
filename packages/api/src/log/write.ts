import { createHash } from 'node:crypto'
import type { Change as ChangeRow } from '@taskwire/db'
import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { loggedChange, type Change } from './schema.ts'
import { isKeyViolation } from '../errors/database_error.ts'

/** What the log records of a write besides the task. It travels in columns of the row, from where the trigger takes it. */
export interface ChangeMetadata {
  readonly changed_via: string
  readonly changed_actor: string | null
  readonly changed_key: string | null
  readonly changed_request: string | null
  readonly changed_conversation_id: number | null
  readonly changed_batch: number | null
}

export interface WriteInput {
  readonly idempotency_key?: string | undefined
  readonly if_version?: number | readonly number[] | undefined
}

/** How to execute a write, and what to do if it was not executed. */
export interface Write<Row> {
  /** The operation's name: a key stands for the operation and its input. */
  readonly operation: string
  readonly input: WriteInput
  /** The write: one statement. Null where no row matched. */
  readonly execute: (metadata: ChangeMetadata) => Promise<Row | null>
  /** The answer to a repeat, from the change that the first request made. */
  readonly replay: (change: Change) => Row
  /** Finds out why no row matched: must throw, unless another attempt could succeed. */
  readonly diagnose: () => Promise<void>
}

const MAX_ATTEMPTS = 5

/**
 * Executes a write once for its idempotency key. Normally this is the one statement of `execute`: a repeat violates the
 * log's unique key, and only then, or when no row matched, is the log read.
 */
export async function idempotentWrite<Row>(ctx: UserContext, write: Write<Row>): Promise<Row> {
  const metadata = changeMetadata(ctx, write)
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    const row = await executed(write, metadata)
    if (row !== null) return row
    // Whoever began the batch has looked for its key.
    const first = ctx.batch === undefined ? await firstChange(ctx, metadata) : null
    if (first !== null) return write.replay(first)
    await write.diagnose()
  }
  throw new ApiError('overloaded', { retry_after: 1 })
}

/** The row, or null where no row matched or the key was used before. */
async function executed<Row>(write: Write<Row>, metadata: ChangeMetadata): Promise<Row | null> {
  try {
    return await write.execute(metadata)
  } catch (error) {
    if (metadata.changed_key !== null && isKeyViolation(error)) return null
    throw error
  }
}

/** The change that was made with this key; null if there is none. */
async function firstChange(ctx: UserContext, metadata: ChangeMetadata): Promise<Change | null> {
  const change = await firstEntry(ctx, metadata)
  return change && loggedChange.parse(change)
}

/** The log's row of the change that was made with this key; null if there is none. */
export async function firstEntry(
  ctx: UserContext,
  { changed_key, changed_request }: Pick<ChangeMetadata, 'changed_key' | 'changed_request'>,
): Promise<ChangeRow | null> {
  if (changed_key === null) return null
  const change = await ctx.services.db.change.findFirst({
    where: { user_id: ctx.user_id, key: changed_key },
  })
  if (change !== null && change.request !== changed_request) throw new ApiError('idempotency_key_reused')
  return change
}

/** What the log records of a write. */
export function changeMetadata(
  ctx: UserContext,
  { operation, input }: Pick<Write<unknown>, 'operation' | 'input'>,
): ChangeMetadata {
  const key = input.idempotency_key ?? null
  const made = {
    changed_via: ctx.via,
    changed_actor: ctx.principal.actor,
    changed_key: key,
    changed_request: key === null ? null : requestHash(operation, input),
    changed_conversation_id: ctx.conversation_id ?? null,
    changed_batch: null,
  }
  if (ctx.batch === undefined) return made
  return { ...made, changed_key: ctx.batch.key, changed_request: ctx.batch.request, changed_batch: ctx.batch.seq }
}

/** Equal for equal requests, on whichever transport. */
export function requestHash(operation: string, input: object): string {
  const fields = Object.entries(input).filter(([name, value]) => name !== 'idempotency_key' && value !== undefined)
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([operation, fields]))
    .digest('base64url')
}
