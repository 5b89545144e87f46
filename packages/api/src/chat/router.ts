import type { ErrorCode } from '../errors/api_error.ts'
import { protectedProcedure, router } from '../core/trpc.ts'
import { conversationPage, deleteConversation, messagePage } from './conversation.ts'
import { acquireTurn } from './acquire_turn.ts'
import {
  answerOutput,
  conversationInput,
  conversationsInput,
  conversationsOutput,
  messageInput,
  messagesInput,
  messagesOutput,
} from './schema.ts'
import { replayAnswer, streamTurn } from './stream.ts'
import { answerTurn } from './answer_turn.ts'
import { z } from 'zod'

const conversations = '/api/{user_id}/conversations'
const errors = [
  'conversation_not_found',
  'conversation_busy',
  'in_progress',
  'model_unavailable',
  'model_rate_limited',
  'model_misconfigured',
  'conversation_too_long',
  'model_timeout',
] as const satisfies ErrorCode[]

export const chatRouter = router({
  send: protectedProcedure
    .meta({
      summary: 'Send a message to the assistant and get its answer',
      errors,
      rest: { methods: ['POST'], path: '/api/{user_id}/chat', status: 200, streamed_by: 'chat.stream' },
    })
    .input(messageInput)
    .output(answerOutput)
    .mutation(async ({ ctx, input, signal }) => {
      const turn = await acquireTurn(ctx, input, signal)
      return 'response' in turn ? turn : answerTurn(ctx, turn, { signal })
    }),

  stream: protectedProcedure
    .meta({ summary: 'Send a message to the assistant and stream its answer', errors })
    .input(messageInput)
    .mutation(async ({ ctx, input, signal }) => {
      // Before the first event is requested, so that an error is an ordinary response.
      const turn = await acquireTurn(ctx, input, signal)
      return 'response' in turn ? replayAnswer(turn) : streamTurn(ctx, turn, signal)
    }),
})

export const conversationRouter = router({
  list: protectedProcedure
    .meta({
      summary: 'List your conversations, the latest first',
      rest: { methods: ['GET'], path: conversations, status: 200, answer: 'items' },
    })
    .input(conversationsInput)
    .output(conversationsOutput)
    .query(({ ctx, input }) => conversationPage(ctx, input)),

  messages: protectedProcedure
    .meta({
      summary: 'List the messages of a conversation, oldest first',
      errors: ['conversation_not_found'],
      rest: { methods: ['GET'], path: `${conversations}/{conversation_id}/messages`, status: 200, answer: 'items' },
    })
    .input(messagesInput)
    .output(messagesOutput)
    .query(({ ctx, input }) => messagePage(ctx, input)),

  delete: protectedProcedure
    .meta({
      summary: 'Delete a conversation with its messages; tasks stay as they are',
      errors: ['conversation_not_found'],
      rest: { methods: ['DELETE'], path: `${conversations}/{conversation_id}`, status: 204 },
    })
    .input(conversationInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await deleteConversation(ctx, input.conversation_id)
      return {}
    }),
})
