import { operations } from '../core/operations.ts'
import { router, type UserContext } from '../core/trpc.ts'
import { ApiError, apiErrors } from '../errors/api_error.ts'
import { publicError } from '../errors/public_error.ts'
import { changeRouter } from '../log/router.ts'
import { userMoment } from '../task/moment.ts'
import { taskRouter } from '../task/router.ts'
import { tools, toolsFor } from '../tools/tools.ts'
import type { AssistantReply, AssistantRequest } from './assistant.ts'
import type { ChatTurn } from './chat_turn.ts'
import { assertConversation } from './conversation.ts'
import { LeaseLostError, releaseLease, renewLease, type LeaseRenewal } from './lease.ts'
import { failedAnswerText, incompleteAnswerText, pendingConfirmationText } from './notices.ts'
import type { ChatAnswer, ChatEvent, TokenUsage, ToolCall } from './schema.ts'
import { answerInsert, type AnswerRow } from './sql.ts'
import { storableJson, storableText } from '../core/storable.ts'
import { turnTools, type TurnTools } from './tool_calls.ts'

/** The tools of the assistant: all of them, without the chat itself. */
const assistantTools = tools(operations(router({ task: taskRouter, change: changeRouter })))

const MAX_RESPONSE = 100_000

/** Made once, because an error with its stack costs more than the rest of what ends a turn. */
const ended = new DOMException('The turn has ended', 'AbortError')

export interface RunOptions {
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: ((event: ChatEvent) => void) | undefined
}

/**
 * The second half of a chat request: runs the assistant with the tools, stores its answer and releases the lease. The
 * error of a failure names the conversation and the tool calls that were made.
 */
export async function answerTurn(
  ctx: UserContext,
  turn: ChatTurn,
  { signal, onEvent }: RunOptions,
): Promise<ChatAnswer> {
  const lease = renewLease(ctx, turn.conversation)
  const finished = new AbortController()
  const aborted = AbortSignal.any([lease.lost, finished.signal, ...(signal ? [signal] : [])])
  const onCall = onEvent && ((call: ToolCall) => onEvent({ type: 'tool_call', ...call }))
  const used = turnTools(ctx, { turn, tools: toolsFor(ctx.principal, assistantTools), signal: aborted, onCall })
  const onDelta = onEvent && ((text: string) => onEvent({ type: 'delta', text }))
  const tokens = tokenCount()
  try {
    const reply = await assistantReply(ctx, turn, { used, signal: aborted, onDelta, onUsage: tokens.add })
    const calls = used.calls()
    const notice = (reply.isIncomplete === true ? incompleteAnswerText(calls) : '') + pendingConfirmationText(calls)
    if (notice !== '') onDelta?.(notice)
    const response = storableText(reply.response.slice(0, MAX_RESPONSE)) + notice
    return await storeAnswer(ctx, turn, { ...reply, response, tool_calls: calls, usage: tokens.used() })
  } catch (error) {
    // An assistant that is still running must not use another tool for this message.
    finished.abort()
    await used.settled()
    throw await turnError(ctx, turn, { error, tool_calls: used.calls(), usage: tokens.used(), lease })
  } finally {
    finished.abort(ended)
    lease.stop()
  }
}

/** Adds up what the calls of a model used; undefined until the first. */
function tokenCount() {
  let used: TokenUsage | undefined
  return {
    used: () => used,
    add: ({ input_tokens, output_tokens }: TokenUsage) => {
      used = {
        input_tokens: (used?.input_tokens ?? 0) + input_tokens,
        output_tokens: (used?.output_tokens ?? 0) + output_tokens,
      }
    },
  }
}

interface ReplyOptions extends Pick<AssistantRequest, 'onUsage'> {
  readonly used: TurnTools
  readonly signal: AbortSignal
  readonly onDelta: ((text: string) => void) | undefined
}

/** The assistant's reply. Ends when `signal` aborts, even if the assistant goes on; its failures are the model's. */
async function assistantReply(
  ctx: UserContext,
  { history, historyIsCut, message }: ChatTurn,
  { used, signal, onDelta, onUsage }: ReplyOptions,
): Promise<AssistantReply> {
  const { assistant } = ctx.services
  if (assistant === undefined) throw new ApiError('model_unavailable')
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    signal.throwIfAborted()
    const request = {
      history,
      historyIsCut,
      message,
      tools: used.tools,
      signal,
      onDelta,
      onUsage,
      moment: () => userMoment(ctx),
    }
    return await Promise.race([assistant.answer(request), aborted.promise])
  } catch (error) {
    if (error instanceof ApiError || error instanceof LeaseLostError) throw error
    const isTimeout = error instanceof Error && error.name === 'TimeoutError'
    throw new ApiError(isTimeout ? 'model_timeout' : 'model_unavailable', {}, error)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function storeAnswer(
  ctx: UserContext,
  turn: ChatTurn,
  answer: AssistantReply & { readonly tool_calls: ToolCall[]; readonly usage: TokenUsage | undefined },
): Promise<ChatAnswer> {
  const { response, tool_calls, model, usage, isIncomplete = false } = answer
  const status = isIncomplete ? 'incomplete' : 'done'
  await insertAnswer(ctx, turn, {
    content: response,
    tool_calls,
    status,
    model: storableText(model.slice(0, 200)),
    usage,
  })
  return {
    conversation_id: turn.conversation.conversation_id,
    response,
    tool_calls,
    model,
    ...(status === 'incomplete' ? { status } : {}),
    ...(usage === undefined ? {} : { usage }),
  }
}

type StoredAnswer = Omit<AnswerRow, 'answers' | 'tool_calls'> & { readonly tool_calls: readonly ToolCall[] }

async function insertAnswer(
  ctx: UserContext,
  { conversation, message_id }: ChatTurn,
  answer: StoredAnswer,
): Promise<void> {
  const row = { ...answer, answers: message_id, tool_calls: storableJson(answer.tool_calls) }
  const rows = await ctx.services.sql(answerInsert(conversation, row))
  if (rows.length === 0) throw new LeaseLostError()
}

interface Failure {
  readonly error: unknown
  readonly tool_calls: ToolCall[]
  readonly usage: TokenUsage | undefined
  readonly lease: LeaseRenewal
}

/** The public error of a failed turn. Stores what was done, so that the conversation can continue from there. */
async function turnError(ctx: UserContext, turn: ChatTurn, failed: Failure): Promise<ApiError> {
  const { error, tool_calls, usage, lease } = failed
  const { conversation_id } = turn.conversation
  const failure = error instanceof LeaseLostError ? await leaseLostError(ctx, turn, error) : publicError(error)
  try {
    if (tool_calls.length === 0 || lease.lost.aborted) {
      await releaseLease(ctx, turn.conversation)
    } else {
      const content = failedAnswerText(failure, tool_calls)
      await insertAnswer(ctx, turn, { content, tool_calls, status: 'failed', model: null, usage })
    }
  } catch (cause) {
    // The conversation is free again when the lease expires.
    ctx.services.log.warn({ err: cause, request_id: ctx.request_id }, 'a failed answer could not be stored')
  }
  const details = { ...retryAfter(failure), ...failure.details, conversation_id, tool_calls }
  return new ApiError(failure.reason, details, failure)
}

async function leaseLostError(ctx: UserContext, { conversation }: ChatTurn, cause: LeaseLostError): Promise<ApiError> {
  try {
    await assertConversation(ctx, conversation.conversation_id)
    return new ApiError('conversation_busy', {}, cause)
  } catch (error) {
    return publicError(error)
  }
}

function retryAfter({ reason }: ApiError): { retry_after?: number } {
  return apiErrors[reason].retry === 'never' ? {} : { retry_after: 5 }
}
