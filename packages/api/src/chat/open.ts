import { setTimeout as pause } from 'node:timers/promises'
import { INT32_MAX } from '@taskwire/db'
import { z } from 'zod'
import { requestHash } from '../log/write.ts'
import { isKeyViolation } from '../errors/database_error.ts'
import { ApiError } from '../errors/api_error.ts'
import type { UserContext } from '../core/trpc.ts'
import type { PastMessage } from './assistant.ts'
import { assertConversation } from './conversation.ts'
import { holdsFor, newHolder, timesOf, tookLease } from './lease.ts'
import { toolCallOutput, type ChatAnswer, type MessageInput } from './schema.ts'
import * as sql from './sql.ts'

/** A user's message that is stored and may be answered now: its conversation's lease is ours. */
export interface Turn {
  readonly place: sql.Place
  readonly message_id: number
  readonly message: string
  readonly history: readonly PastMessage[]
}

/** The window of history: so many messages, and so many characters of them. */
const WINDOW = { messages: 40, characters: 24_000 }
const TITLE_LENGTH = 80

/**
 * The first half of the request cycle: takes the conversation's turn, loads its history and stores the message. A
 * repeat of a message that was answered gives that answer instead.
 */
export async function openTurn(
  ctx: UserContext,
  input: MessageInput,
  signal?: AbortSignal,
): Promise<Turn | ChatAnswer> {
  const { idempotency_key: key } = input
  const holder = newHolder(key)
  const deadline = Date.now() + timesOf(ctx.services).patience
  for (let waits = 0; ; waits++) {
    const known = await knownMessage(ctx, input, holder)
    if (known !== null && 'response' in known) return known
    const conversation_id = known?.conversation_id ?? input.conversation_id ?? undefined
    const turn =
      conversation_id === undefined
        ? await firstTurn(ctx, input, holder)
        : await nextTurn(ctx, input, { user_id: ctx.user_id, conversation_id, holder })
    if (turn === 'taken') continue
    if (turn !== 'busy') return turn
    if (Date.now() >= deadline) throw new ApiError('conversation_busy', { conversation_id, retry_after: 5 })
    await pause(Math.min(50 * (waits + 1), 500), undefined, { signal })
  }
}

interface Unanswered {
  readonly id: number
  readonly conversation_id: number
}

/** What the key stands for: an answer, a message without one yet, or nothing. Refused while it is being answered. */
async function knownMessage(
  ctx: UserContext,
  input: MessageInput,
  holder: string,
): Promise<ChatAnswer | Unanswered | null> {
  const { idempotency_key: key } = input
  if (key === undefined) return null
  const [known] = await ctx.services.sql<sql.KnownMessage>(sql.messageByKey(ctx.user_id, key))
  if (known === undefined) {
    const write = await ctx.services.db.change.findFirst({
      where: { user_id: ctx.user_id, key },
      select: { seq: true },
    })
    if (write !== null) throw new ApiError('idempotency_key_reused')
    return null
  }
  if (known.request !== requestOf(input)) throw new ApiError('idempotency_key_reused')
  const { id, conversation_id, response, model } = known
  if (response !== null)
    return { conversation_id, response, tool_calls: pastCalls(known.tool_calls), model: model ?? '' }
  if (known.holder !== null && known.holder !== holder && holdsFor(known.holder, key)) {
    throw new ApiError('in_progress', { retry_after: 2, conversation_id })
  }
  return { id, conversation_id }
}

function requestOf({ conversation_id, message }: MessageInput): string {
  return requestHash('chat.send', { conversation_id: conversation_id ?? undefined, message })
}

function userMessage(input: MessageInput): sql.UserMessage {
  const key = input.idempotency_key ?? null
  return { content: input.message, key, request: key === null ? null : requestOf(input) }
}

async function firstTurn(ctx: UserContext, input: MessageInput, holder: string): Promise<Turn | 'taken'> {
  const lease = { holder, ms: timesOf(ctx.services).lease }
  const rows = await unlessTaken(
    ctx.services.sql<{ id: number; conversation_id: number }>(
      sql.conversationBegin(ctx.user_id, titleOf(input.message), userMessage(input), lease),
    ),
  )
  if (rows === 'taken') return rows
  const [{ id, conversation_id }] = begun.parse(rows)
  const place = { user_id: ctx.user_id, conversation_id, holder }
  return { place, message_id: id, message: input.message, history: [] }
}
const begun = z.tuple([z.object({ id: z.int(), conversation_id: z.int() })])

async function nextTurn(ctx: UserContext, input: MessageInput, place: sql.Place): Promise<Turn | 'taken' | 'busy'> {
  if (!(await tookLease(ctx, place))) {
    await assertConversation(ctx, place.conversation_id)
    return 'busy'
  }
  try {
    // Now that nobody else can answer it: a message of this key may have come, and been answered, while we waited.
    const known = await knownMessage(ctx, input, place.holder)
    if (known !== null && 'response' in known) return await givenBack(ctx, place)
    const history = await pastMessages(ctx, place, known?.id ?? INT32_MAX)
    if (known !== null) return { place, message_id: known.id, message: input.message, history }
    const rows = await unlessTaken(ctx.services.sql<{ id: number }>(sql.messageInsert(place, userMessage(input))))
    if (rows === 'taken') return await givenBack(ctx, place)
    const [{ id }] = stored.parse(rows)
    return { place, message_id: id, message: input.message, history }
  } catch (error) {
    await givenBack(ctx, place)
    throw error
  }
}
const stored = z.tuple([z.object({ id: z.int() })])

async function givenBack({ services }: UserContext, place: sql.Place): Promise<'taken'> {
  await services.sql(sql.leaseEnd(place))
  return 'taken'
}

/** The rows of an insert; `taken` where another message has the key. */
async function unlessTaken<Row>(inserting: Promise<Row[]>): Promise<Row[] | 'taken'> {
  try {
    return await inserting
  } catch (error) {
    if (isKeyViolation(error)) return 'taken'
    throw error
  }
}

async function pastMessages(ctx: UserContext, place: sql.Place, before: number): Promise<PastMessage[]> {
  const rows = await ctx.services.sql<sql.PastRow>(sql.messagesBefore(place, before, WINDOW.messages))
  const window: PastMessage[] = []
  let room = WINDOW.characters
  for (const { role, content, tool_calls } of rows) {
    const calls = pastCalls(tool_calls)
    room -= content.length + JSON.stringify(calls).length
    if (room < 0 && window.length > 0) break
    window.unshift({ role: role === 'user' ? 'user' : 'assistant', content, tool_calls: room < 0 ? [] : calls })
  }
  return window
}

/** The tool calls of a stored answer; the old service's messages have none. */
function pastCalls(stored: unknown) {
  return z.array(toolCallOutput).catch([]).parse(stored)
}

/** How a message begins, in one line. */
function titleOf(message: string): string {
  const line = Array.from(message.trim().replace(/\s+/g, ' '))
  return line.length <= TITLE_LENGTH
    ? line.join('')
    : `${line
        .slice(0, TITLE_LENGTH - 1)
        .join('')
        .trimEnd()}…`
}
