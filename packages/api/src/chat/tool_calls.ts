import { createHash } from 'node:crypto'
import { INT32_MAX } from '@taskwire/db'
import { z } from 'zod'
import { publicError } from '../errors/public_error.ts'
import { ApiError } from '../errors/api_error.ts'
import { agentErrorMessage } from '../tools/agent_error.ts'
import { numericIds } from '../tools/arguments.ts'
import { effectOf } from '../tools/effect.ts'
import { toolSchema, type Tool } from '../tools/tools.ts'
import type { UserContext } from '../core/trpc.ts'
import type { AssistantTool, ToolOutcome } from './assistant.ts'
import type { ChatTurn } from './chat_turn.ts'
import { confirmationGuard } from './confirmation.ts'
import { PENDING_CONFIRMATION } from './consent.ts'
import type { NamedTask } from './named_tasks.ts'
import type { ToolCall } from './schema.ts'

/** A model that makes more calls than this for one message is no longer working on it. */
const MAX_CALLS = 100

/** The tools of one turn, and the calls that were made. */
export interface TurnTools {
  readonly tools: readonly AssistantTool[]
  /** The finished calls, in the order in which they were started. */
  calls(): ToolCall[]
  /** Resolves when no call is running. */
  settled(): Promise<void>
}

export interface TurnToolsOptions {
  readonly turn: ChatTurn
  readonly tools: readonly Tool[]
  readonly signal: AbortSignal
  readonly onCall?: ((call: ToolCall) => void) | undefined
}

/** Tools that act for the turn's user in its conversation. A repeated turn repeats none of their effects. */
export function turnTools(ctx: UserContext, { turn, tools, signal, onCall }: TurnToolsOptions): TurnTools {
  const started: { call?: ToolCall }[] = []
  const running = new Set<Promise<ToolOutcome>>()
  const keyOf = idempotencyKeys(turn)
  const { history, message } = turn
  const asksItself = ctx.services.assistant?.asksBeforeChanges === true
  const tasksOf = asksItself ? undefined : (task_ids: readonly number[]) => liveTasks(ctx, task_ids)
  const guard = confirmationGuard({ history, message, tasksOf })
  const toolContext = contextOf(ctx, turn)

  async function recordedRun(tool: Tool, given: unknown): Promise<ToolOutcome> {
    const args = argumentsOf(given)
    const entry: { call?: ToolCall } = {}
    started.push(entry)
    const outcome = isObject(given) ? await guardedRun(tool, args) : failed(new ApiError('malformed_json'), NOT_JSON)
    entry.call = { tool: tool.name, args, result: outcome.result }
    onCall?.(entry.call)
    return outcome
  }

  async function guardedRun(tool: Tool, args: Record<string, unknown>): Promise<ToolOutcome> {
    if (started.length > MAX_CALLS) return failed(new ApiError('overloaded'), NO_MORE_CALLS)
    const check = await guard.check(tool, args)
    signal.throwIfAborted()
    if (check.decision === 'confirm') return pendingConfirmation(ctx, tool, args)
    if (check.decision === 'too_many') return failed(new ApiError('overloaded'), TOO_MANY_PENDING)
    try {
      const key = tool.readOnly ? {} : { idempotency_key: keyOf(tool.name, args) }
      return { result: await tool.run(toolContext, { ...args, ...key }, signal), invalid: false }
    } catch (error) {
      check.failed()
      return failed(publicError(error))
    }
  }

  async function run(tool: Tool, given: unknown): Promise<ToolOutcome> {
    signal.throwIfAborted()
    const outcome = recordedRun(tool, given)
    running.add(outcome)
    try {
      return await outcome
    } finally {
      running.delete(outcome)
    }
  }

  return {
    tools: tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      parameters: parametersOf(tool),
      run: (given) => run(tool, given),
    })),
    calls: () => started.flatMap(({ call }) => (call === undefined ? [] : [call])),
    settled: async () => void (await Promise.allSettled(running)),
  }
}

const NOT_JSON = 'The arguments are not a valid JSON object. Call again with arguments such as {"title": "Milk"}.'
const NO_MORE_CALLS = 'No more tools can be used in this answer'
const TOO_MANY_PENDING = 'Not done: so many calls cannot be confirmed at once. Ask the user to do it in smaller steps.'

// The server, not the model, decides for which user a call is made and what counts as a retry.
const serverArguments = { user_id: true, idempotency_key: true } as const

function assistantInput({ shape }: z.ZodObject): z.ZodObject {
  return z.strictObject(Object.fromEntries(Object.entries(shape).filter(([name]) => !(name in serverArguments))))
}

const parameters = new WeakMap<Tool, Record<string, unknown>>()

/** The JSON Schema of a tool's arguments. Made once for each tool: for all of them it takes longer than most answers. */
function parametersOf(tool: Tool): Record<string, unknown> {
  const known = parameters.get(tool)
  if (known !== undefined) return known
  const made = toolSchema(assistantInput(tool.input))
  parameters.set(tool, made)
  return made
}

const object = z.record(z.string(), z.unknown())

function isObject(given: unknown): boolean {
  return object.safeParse(given).success
}

function argumentsOf(given: unknown): Record<string, unknown> {
  return numericIds(object.catch({}).parse(given))
}

function contextOf({ services, principal, user_id, request_id }: UserContext, { conversation }: ChatTurn) {
  const { conversation_id } = conversation
  return { services, principal, acting_for: user_id, conversation_id, via: 'chat' as const, request_id }
}

/**
 * Idempotency keys for the calls of a turn. When the message is answered again after a failure, the same call gets the
 * same key; the same call made twice in one answer gets two keys, because both are intended.
 */
function idempotencyKeys({ conversation, message_id }: ChatTurn) {
  const counts = new Map<string, number>()
  return (tool: string, args: Record<string, unknown>): string => {
    const fields = Object.entries(args).filter(([name]) => !(name in serverArguments))
    fields.sort(([a], [b]) => (a < b ? -1 : 1))
    const call = createHash('sha256')
      .update(JSON.stringify([tool, fields]))
      .digest('base64url')
    const count = (counts.get(call) ?? 0) + 1
    counts.set(call, count)
    return `chat.${conversation.conversation_id}.${message_id}.${call}.${count}`
  }
}

/** The outcome of a failed call: what went wrong, and what the model should do. */
function failed(error: ApiError, detail = agentErrorMessage(error).text): ToolOutcome {
  const invalid = ['validation_failed', 'user_mismatch', 'malformed_json'].includes(error.reason)
  return { result: { ...agentErrorMessage(error).structured, detail }, invalid }
}

const CONFIRM_FIRST =
  'Not done yet: removing more than one task, or completing, reopening or renaming several that the user did not name ' +
  'one by one, needs their confirmation. Call this tool for each of the other tasks as well, then tell the user that all ' +
  'of them wait for a yes. The user is shown the list.'

/** The outcome of a call that waits for the user's confirmation. */
async function pendingConfirmation(ctx: UserContext, tool: Tool, args: Record<string, unknown>): Promise<ToolOutcome> {
  const checked = tool.input.safeParse(args)
  if (!checked.success) return failed(new ApiError('validation_failed'))
  const status = PENDING_CONFIRMATION
  const detail = CONFIRM_FIRST
  const ids = effectOf(tool.name, args)?.task_ids ?? []
  if (ids.length === 0) return { result: { status, detail }, invalid: false }
  const tasks = await liveTasks(ctx, ids)
  const [task] = tasks
  if (task === undefined || tasks.length < ids.length) return failed(new ApiError('task_not_found'))
  const subject = 'task_id' in args ? { task_id: task.id, title: task.title } : { tasks }
  return { result: { ...subject, status, detail }, invalid: false }
}

function liveTasks({ services, user_id }: UserContext, ids: readonly number[]): Promise<NamedTask[]> {
  const where = { user_id, id: { in: ids.filter((id) => id > 0 && id <= INT32_MAX) }, deleted_at: null }
  return services.db.task.findMany({ where, select: { id: true, title: true }, orderBy: { id: 'asc' } })
}
