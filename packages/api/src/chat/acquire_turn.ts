import { setTimeout as pause } from 'node:timers/promises'
import { INT32_MAX } from '@taskwire/db'
import { z } from 'zod'
import type { UserContext } from '../core/trpc.ts'
import { ApiError } from '../errors/api_error.ts'
import { isKeyViolation } from '../errors/database_error.ts'
import { requestHash } from '../log/write.ts'
import type { ChatTurn } from './chat_turn.ts'
import { assertConversation } from './conversation.ts'
import { historyBefore, storedToolCalls } from './history.ts'
import { acquireLease, chatTimes, isHolderFor, newLeaseHolder, releaseLease } from './lease.ts'
import type { ChatAnswer, MessageInput } from './schema.ts'
import * as sql from './sql.ts'

const TITLE_LENGTH = 80

/**
 * The first half of a chat request: acquires the conversation's lease, loads its history and stores the message. If
 * the message is a retry of one that was answered, returns that answer instead.
 */
export async function acquireTurn(
  ctx: UserContext,
  input: MessageInput,
  signal?: AbortSignal,
): Promise<ChatTurn | ChatAnswer> {
  const holder = newLeaseHolder(input.idempotency_key)
  const deadline = Date.now() + chatTimes(ctx).waitMs
  for (let waits = 0; ; waits++) {
    const known = await messageWithKey(ctx, input, holder)
    if (known !== null && 'response' in known) return known
    const conversation_id = known?.conversation_id ?? input.conversation_id ?? undefined
    const turn =
      conversation_id === undefined
        ? await startConversation(ctx, input, holder)
        : await continueConversation(ctx, input, { user_id: ctx.user_id, conversation_id, holder })
    if (turn === 'key_conflict') continue
    if (turn !== 'busy') return turn
    if (Date.now() >= deadline) throw new ApiError('conversation_busy', { conversation_id, retry_after: 5 })
    await pause(Math.min(50 * (waits + 1), 500), undefined, { signal })
  }
}

interface UnansweredMessage {
  readonly id: number
  readonly conversation_id: number
}

/** The stored message with the input's key, or its answer. Throws `in_progress` while another process answers it. */
async function messageWithKey(
  ctx: UserContext,
  input: MessageInput,
  holder: string,
): Promise<ChatAnswer | UnansweredMessage | null> {
  const { idempotency_key: key } = input
  if (key === undefined) return null
  const [known] = await ctx.services.sql<sql.KeyedMessage>(sql.messageByKey(ctx.user_id, key))
  if (known === undefined) {
    await assertKeyUnused(ctx, key)
    return null
  }
  if (known.request !== requestOf(input)) throw new ApiError('idempotency_key_reused')
  const { id, conversation_id, response, model } = known
  if (response !== null) {
    return {
      conversation_id,
      response,
      tool_calls: storedToolCalls(known.tool_calls),
      model: model ?? '',
      ...endOf(known),
    }
  }
  if (known.holder !== null && known.holder !== holder && isHolderFor(known.holder, key)) {
    throw new ApiError('in_progress', { retry_after: 2, conversation_id })
  }
  return { id, conversation_id }
}

/** How a stored answer ended, and what it used. */
function endOf({ status, input_tokens, output_tokens }: sql.KeyedMessage): Pick<ChatAnswer, 'status' | 'usage'> {
  return {
    ...(status === 'incomplete' ? { status } : {}),
    ...(input_tokens === null || output_tokens === null ? {} : { usage: { input_tokens, output_tokens } }),
  }
}

/** Keys belong to the user: the key of a task's write cannot be used for a message. */
async function assertKeyUnused({ services, user_id }: UserContext, key: string): Promise<void> {
  const write = await services.db.change.findFirst({ where: { user_id, key }, select: { seq: true } })
  if (write !== null) throw new ApiError('idempotency_key_reused')
}

function requestOf({ conversation_id, message }: MessageInput): string {
  return requestHash('chat.send', { conversation_id: conversation_id ?? undefined, message })
}

function userMessage(input: MessageInput): sql.UserMessage {
  const key = input.idempotency_key ?? null
  return { content: input.message, key, request: key === null ? null : requestOf(input) }
}

async function startConversation(
  ctx: UserContext,
  input: MessageInput,
  holder: string,
): Promise<ChatTurn | 'key_conflict'> {
  const { user_id } = ctx
  const lease = { holder, leaseMs: chatTimes(ctx).leaseMs }
  const rows = await orKeyConflict(
    ctx.services.sql(sql.conversationInsert(user_id, titleOf(input.message), userMessage(input), lease)),
  )
  if (rows === 'key_conflict') return rows
  const [{ id, conversation_id }] = insertedConversation.parse(rows)
  return {
    conversation: { user_id, conversation_id, holder },
    message_id: id,
    message: input.message,
    history: [],
    historyIsCut: false,
  }
}
const insertedConversation = z.tuple([z.object({ id: z.int(), conversation_id: z.int() })])

async function continueConversation(
  ctx: UserContext,
  input: MessageInput,
  conversation: sql.LeasedConversation,
): Promise<ChatTurn | 'key_conflict' | 'busy'> {
  if (!(await acquireLease(ctx, conversation))) {
    await assertConversation(ctx, conversation.conversation_id)
    return 'busy'
  }
  try {
    const turn = await turnIn(ctx, input, conversation)
    if (turn === 'key_conflict') await releaseLease(ctx, conversation)
    return turn
  } catch (error) {
    await releaseLease(ctx, conversation)
    throw error
  }
}

async function turnIn(
  ctx: UserContext,
  input: MessageInput,
  conversation: sql.LeasedConversation,
): Promise<ChatTurn | 'key_conflict' | 'busy'> {
  const { message } = input
  // Read again under the lease: a message with this key may have arrived, and been answered, during the wait.
  const known = await messageWithKey(ctx, input, conversation.holder)
  if (known !== null && 'response' in known) return 'key_conflict'
  const past = await historyBefore(ctx, conversation, known?.id ?? INT32_MAX)
  if (known !== null) return { conversation, message_id: known.id, message, ...past }
  const rows = await orKeyConflict(
    ctx.services.sql<{ id: number }>(sql.messageInsert(conversation, userMessage(input))),
  )
  if (rows === 'key_conflict') return rows
  const [stored] = rows
  if (stored !== undefined) return { conversation, message_id: stored.id, message, ...past }
  await assertConversation(ctx, conversation.conversation_id)
  return 'busy'
}

/** The rows of an insert, or `key_conflict` if another message has the key. */
async function orKeyConflict<Row>(insert: Promise<Row[]>): Promise<Row[] | 'key_conflict'> {
  try {
    return await insert
  } catch (error) {
    if (isKeyViolation(error)) return 'key_conflict'
    throw error
  }
}

/** The beginning of a message, on one line. */
function titleOf(message: string): string {
  const characters = Array.from(message.trim().replace(/\s+/g, ' '))
  if (characters.length <= TITLE_LENGTH) return characters.join('')
  const beginning = characters.slice(0, TITLE_LENGTH - 1).join('')
  return `${beginning.trimEnd()}…`
}
