import { z } from 'zod'
import { pageCursor, pageLimit, rowId, text, timestamp } from '../core/fields.ts'
import { limits } from '../core/limits.ts'
import { writeFields } from '../task/schema.ts'

const conversationId = rowId.meta({ description: 'The id of a conversation' })

export const messageInput = z.strictObject({
  conversation_id: conversationId
    .nullish()
    .meta({ description: 'The conversation to continue; without one, a new conversation is started' }),
  message: text
    .max(limits.chatMessageLength)
    .refine((message) => message.trim() !== '', { message: 'Must not be blank' })
    .meta({
      minLength: 1,
      description: `1 to ${limits.chatMessageLength} characters`,
      examples: ['What is due today?'],
    }),
  idempotency_key: writeFields.idempotency_key,
})
export type MessageInput = z.infer<typeof messageInput>

/** A tool call of the assistant. The result of a failed call has `code` and `detail`. */
export const toolCallOutput = z.object({
  tool: z.string(),
  args: z.record(z.string(), z.unknown()),
  result: z.record(z.string(), z.unknown()),
})
export type ToolCall = z.infer<typeof toolCallOutput>

export const tokenUsage = z.object({ input_tokens: z.int(), output_tokens: z.int() })
/** The tokens that calls of a model used. */
export type TokenUsage = z.infer<typeof tokenUsage>

export const answerOutput = z.object({
  conversation_id: z.int(),
  response: z.string(),
  tool_calls: z.array(toolCallOutput),
  model: z.string().meta({ description: 'The model that answered' }),
  status: z
    .literal('incomplete')
    .optional()
    .meta({ description: 'The limit of model calls was reached: the response says what was done so far' }),
  usage: tokenUsage
    .optional()
    .meta({ description: 'The tokens that the model used for this answer, over all its calls' }),
})
export type ChatAnswer = z.infer<typeof answerOutput>

/** The events of a streamed answer. Deltas are a preview; `done` carries the complete answer. */
export type ChatEvent =
  | { readonly type: 'delta'; readonly text: string }
  | ({ readonly type: 'tool_call' } & ToolCall)
  | ({ readonly type: 'done' } & ChatAnswer)

export const conversationOutput = z.object({
  id: z.int(),
  user_id: z.string(),
  title: z.string().meta({ description: 'The beginning of its first message' }),
  created_at: timestamp,
  updated_at: timestamp,
})

export const messageOutput = z.object({
  id: z.int(),
  conversation_id: z.int(),
  user_id: z.string(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  created_at: timestamp,
})

export const conversationInput = z.strictObject({ conversation_id: conversationId })

export const conversationsInput = z.strictObject({ limit: pageLimit.optional(), cursor: pageCursor.optional() })
export const conversationsOutput = z.object({
  items: z.array(conversationOutput),
  next_cursor: z.string().nullable(),
})

export const messagesInput = conversationInput.extend({ limit: pageLimit.optional(), cursor: pageCursor.optional() })
export const messagesOutput = z.object({ items: z.array(messageOutput), next_cursor: z.string().nullable() })
