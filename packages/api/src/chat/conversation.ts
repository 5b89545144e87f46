import type { z } from 'zod'
import { pageOf, verifyCursor } from '../core/page.ts'
import { ApiError } from '../errors/api_error.ts'
import type { UserContext } from '../core/trpc.ts'
import { allConversations, type ConversationRow } from './sql.ts'
import type { conversationsInput, messagesInput } from './schema.ts'

const DEFAULT_LIMIT = 50

const columns = { id: true, user_id: true, title: true, created_at: true, updated_at: true } as const
const messageColumns = { id: true, conversation_id: true, user_id: true, role: true, content: true, created_at: true }

/** The user's conversations, the one with the latest message first. */
export async function conversationPage(ctx: UserContext, input: z.infer<typeof conversationsInput>) {
  const { limit = DEFAULT_LIMIT, cursor } = input
  const query = JSON.stringify(['conversation.list', ctx.user_id])
  const [updated, id] = verifyCursor(ctx, query, cursor) ?? []
  const position =
    typeof updated === 'string' && typeof id === 'number'
      ? { OR: [{ updated_at: { lt: updated } }, { updated_at: updated, id: { lt: id } }] }
      : {}
  const cursorAfter = (last: { updated_at: string; id: number }) =>
    ctx.services.cursors.sign(query, [last.updated_at, last.id])
  if (ctx.snapshot !== undefined) {
    const rows = await ctx.snapshot.next<ConversationRow>(allConversations(ctx.user_id), limit)
    const items = rows.map(withTimes)
    const last = items.length === limit ? items.at(-1) : undefined
    return { items, next_cursor: last === undefined ? null : cursorAfter(last) }
  }
  const rows = await ctx.services.db.conversation.findMany({
    where: { user_id: ctx.user_id, ...position },
    orderBy: [{ updated_at: 'desc' }, { id: 'desc' }],
    take: limit + 1,
    select: columns,
  })
  return pageOf(rows.map(withTimes), limit, cursorAfter)
}

function withTimes({ id, user_id, title, created_at, updated_at }: ConversationRow) {
  return { id, user_id, title, created_at: created_at.toISOString(), updated_at: updated_at.toISOString() }
}

/** A conversation's messages, oldest first. */
export async function messagePage(ctx: UserContext, input: z.infer<typeof messagesInput>) {
  const { conversation_id, limit = DEFAULT_LIMIT, cursor } = input
  const query = JSON.stringify(['conversation.messages', ctx.user_id, conversation_id])
  const [after] = verifyCursor(ctx, query, cursor) ?? []
  const rows = await ctx.services.db.message.findMany({
    where: { user_id: ctx.user_id, conversation_id, id: typeof after === 'number' ? { gt: after } : undefined },
    orderBy: { id: 'asc' },
    take: limit + 1,
    select: messageColumns,
  })
  if (rows.length === 0) await assertConversation(ctx, conversation_id)
  const messages = rows.map((row) => ({ ...row, ...roleAndTime(row) }))
  return pageOf(messages, limit, (last) => ctx.services.cursors.sign(query, [last.id]))
}

function roleAndTime({ role, created_at }: { role: string; created_at: Date }) {
  const knownRole: 'user' | 'assistant' = role === 'user' ? 'user' : 'assistant'
  return { role: knownRole, created_at: created_at.toISOString() }
}

/** Deletes a conversation with its messages. The tasks stay, and so do their changes in the log. */
export async function deleteConversation(ctx: UserContext, id: number) {
  const { count } = await ctx.services.db.conversation.deleteMany({ where: { user_id: ctx.user_id, id } })
  if (count === 0) throw new ApiError('conversation_not_found')
}

export async function assertConversation({ services, user_id }: UserContext, id: number): Promise<void> {
  const conversation = await services.db.conversation.findFirst({
    where: { user_id, id },
    select: { id: true },
  })
  if (conversation === null) throw new ApiError('conversation_not_found')
}
