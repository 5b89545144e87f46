import { z } from 'zod'
import { changeRouter } from '../log/router.ts'
import { operations } from '../core/operations.ts'
import { publicError } from '../errors/public_error.ts'
import { ApiError } from '../errors/api_error.ts'
import { taskRouter } from '../task/router.ts'
import { tools, toolsFor } from '../tools/tools.ts'
import { router, type UserContext } from '../core/trpc.ts'
import type { Answer } from './assistant.ts'
import { assertConversation } from './conversation.ts'
import { keepLease, LeaseLost, type KeptLease } from './lease.ts'
import type { Turn } from './open.ts'
import { isPendingConfirmation } from './removal.ts'
import type { ChatAnswer, ChatEvent, ToolCall } from './schema.ts'
import { answerInsert, leaseEnd, type AnswerRow } from './sql.ts'
import { turnTools, type TurnTools } from './tool_calls.ts'

/** What the assistant can do: all that is a tool, but not the chat itself. */
const assistantTools = tools(operations(router({ task: taskRouter, change: changeRouter })))

const MAX_RESPONSE = 100_000

export interface Listening {
  readonly signal?: AbortSignal | undefined
  readonly tell?: ((event: ChatEvent) => void) | undefined
}

/**
 * The second half of the request cycle: runs the assistant with the tools, stores its answer and gives the turn back.
 * Where it fails, the refusal says which conversation it is and what was done so far.
 */
export async function answerTurn(ctx: UserContext, turn: Turn, { signal, tell }: Listening): Promise<ChatAnswer> {
  const lease = keepLease(ctx, turn.place)
  const over = new AbortController()
  const ended = AbortSignal.any([lease.lost, over.signal, ...(signal ? [signal] : [])])
  const called = tell && ((call: ToolCall) => tell({ type: 'tool_call', ...call }))
  const used = turnTools(ctx, { turn, tools: toolsFor(ctx.principal, assistantTools), signal: ended, called })
  const say = tell && ((text: string) => tell({ type: 'delta', text }))
  try {
    const answer = await assistantsAnswer(ctx, turn, { used, signal: ended, say })
    const question = confirmation(used.calls())
    if (question !== '') say?.(question)
    const response = storable(answer.response).slice(0, MAX_RESPONSE) + question
    return await storedAnswer(ctx, turn, { response, tool_calls: used.calls(), model: answer.model })
  } catch (error) {
    // Whatever is still running somewhere, no further tool is used for this message.
    over.abort()
    await used.settled()
    throw await failedTurn(ctx, turn, { error, tool_calls: used.calls(), lease })
  } finally {
    over.abort()
    lease.stop()
  }
}

interface Asked {
  readonly used: TurnTools
  readonly signal: AbortSignal
  readonly say: ((text: string) => void) | undefined
}

/** Whatever an assistant does, the turn ends when `signal` says so, and its failures are the model's. */
async function assistantsAnswer(ctx: UserContext, { history, message }: Turn, { used, signal, say }: Asked) {
  const { assistant } = ctx.services
  if (assistant === undefined) throw new ApiError('model_unavailable')
  const left = Promise.withResolvers<never>()
  const leave = () => left.reject(signal.reason)
  signal.addEventListener('abort', leave)
  try {
    signal.throwIfAborted()
    return await Promise.race([assistant.answer({ history, message, tools: used.tools, signal, say }), left.promise])
  } catch (error) {
    if (error instanceof ApiError || error instanceof LeaseLost) throw error
    throw new ApiError('model_unavailable', {}, error)
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

async function storedAnswer(ctx: UserContext, turn: Turn, answer: Answer & { tool_calls: ToolCall[] }) {
  const { response, tool_calls, model } = answer
  await store(ctx, turn, { content: response, tool_calls, status: 'done', model: storable(model).slice(0, 200) })
  return { conversation_id: turn.place.conversation_id, response, tool_calls, model }
}

type Stored = Omit<AnswerRow, 'answers' | 'tool_calls'> & { readonly tool_calls: readonly ToolCall[] }

async function store(ctx: UserContext, { place, message_id }: Turn, answer: Stored): Promise<void> {
  const tool_calls = storableJson(answer.tool_calls)
  const rows = await ctx.services.sql(answerInsert(place, { ...answer, answers: message_id, tool_calls }))
  if (rows.length === 0) throw new LeaseLost()
}

interface Failure {
  readonly error: unknown
  readonly tool_calls: ToolCall[]
  readonly lease: KeptLease
}

/** Keeps what was done, so that the conversation can go on from there, and says it in the refusal. */
async function failedTurn(ctx: UserContext, turn: Turn, { error, tool_calls, lease }: Failure): Promise<ApiError> {
  const { conversation_id } = turn.place
  const refusal = await refusalOf(ctx, turn, error)
  try {
    if (tool_calls.length === 0 || lease.lost.aborted) await ctx.services.sql(leaseEnd(turn.place))
    else await store(ctx, turn, { content: cutShort(refusal, tool_calls), tool_calls, status: 'failed', model: null })
  } catch (cause) {
    // The turn is free again when its lease ends.
    ctx.services.log.warn({ err: cause, request_id: ctx.request_id }, 'a failed answer could not be stored')
  }
  return new ApiError(refusal.reason, { ...retry(refusal), ...refusal.details, conversation_id, tool_calls }, refusal)
}

async function refusalOf(ctx: UserContext, { place }: Turn, error: unknown): Promise<ApiError> {
  if (!(error instanceof LeaseLost)) return publicError(error)
  try {
    await assertConversation(ctx, place.conversation_id)
    return new ApiError('conversation_busy', {}, error)
  } catch (gone) {
    return publicError(gone)
  }
}

function retry({ reason }: ApiError): { retry_after?: number } {
  return reason === 'model_unavailable' || reason === 'model_timeout' ? { retry_after: 5 } : {}
}

function cutShort({ message }: ApiError, calls: readonly ToolCall[]): string {
  const done = calls.flatMap(({ result }) => {
    const { data } = written.safeParse(result)
    return data === undefined ? [] : [`${data.status} task ${data.task_id} “${data.title}”`]
  })
  const before = done.length === 0 ? 'Nothing was changed before.' : `Done before: ${done.join('; ')}.`
  return `I could not finish this answer. ${message}. ${before}`
}
const written = z.object({ task_id: z.int(), status: z.string(), title: z.string() })

/** What the user has to say yes to, in words that no model chose. */
function confirmation(calls: readonly ToolCall[]): string {
  const waiting = calls.filter(isPendingConfirmation).map(({ tool, args, result }) => {
    if (tool === 'undo')
      return 'seq' in args ? `undo change ${JSON.stringify(args['seq'])}` : 'undo the latest change that stands'
    return `delete task ${String(result['task_id'])} “${String(result['title']).replace(/\s+/g, ' ')}”`
  })
  if (waiting.length === 0) return ''
  const lines = [...Map.groupBy(waiting, (what) => what)].map(
    ([what, { length }]) => `- ${what}${length > 1 ? `, ${length} times` : ''}`,
  )
  return `\n\nWaiting for your confirmation. Answer "yes" to do this, or "no" to leave it:\n${lines.join('\n')}`
}

/** Text as PostgreSQL can store it: models may write anything. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}

/** JSON as PostgreSQL can store it: escapes of NUL and of lone surrogates are replaced. */
function storableJson(value: unknown): string {
  return JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, '$1\\ufffd')
}
