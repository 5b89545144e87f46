import { createHash } from 'node:crypto'
import { z } from 'zod'
import { publicError } from '../errors/public_error.ts'
import { ApiError } from '../errors/api_error.ts'
import { agentErrorMessage } from '../tools/agent_error.ts'
import { toolSchema, type Tool } from '../tools/tools.ts'
import type { UserContext } from '../core/trpc.ts'
import type { AssistantTool, ToolOutcome } from './assistant.ts'
import type { Turn } from './open.ts'
import { PENDING_CONFIRMATION, removalGuard } from './removal.ts'
import type { ToolCall } from './schema.ts'

/** A model that goes on like this is not working on the message any more. */
const MAX_CALLS = 100

/** The tools of one turn, and what was done with them. */
export interface TurnTools {
  readonly tools: readonly AssistantTool[]
  /** The calls that have ended, in the order in which they began. */
  calls(): ToolCall[]
  /** Resolves when no call is running. */
  settled(): Promise<void>
}

export interface TurnToolsOptions {
  readonly turn: Turn
  readonly tools: readonly Tool[]
  readonly signal: AbortSignal
  readonly called?: ((call: ToolCall) => void) | undefined
}

/** Tools that act for the turn's user, in its conversation, each call at most once however often it is repeated. */
export function turnTools(ctx: UserContext, { turn, tools, signal, called }: TurnToolsOptions): TurnTools {
  const calls: { call?: ToolCall }[] = []
  const running = new Set<Promise<ToolOutcome>>()
  const keys = keysOf(turn)
  const guard = removalGuard(turn.history, turn.message)
  const acting = { ...actingContext(ctx, turn.place.conversation_id), request_id: ctx.request_id }

  async function outcome(tool: Tool, given: unknown): Promise<ToolOutcome> {
    const args = argumentsOf(given)
    const slot: { call?: ToolCall } = {}
    calls.push(slot)
    const ended = await runOnce(tool, args)
    slot.call = { tool: tool.name, args, result: ended.result }
    called?.(slot.call)
    return ended
  }

  async function runOnce(tool: Tool, args: Record<string, unknown>): Promise<ToolOutcome> {
    if (calls.length > MAX_CALLS) return refused(new ApiError('overloaded'), 'No more tools can be used in this answer')
    const verdict = await guard.judge(tool, args)
    signal.throwIfAborted()
    if (verdict.what === 'hold') return await heldBack(ctx, tool, args)
    if (verdict.what === 'too_many') return refused(new ApiError('overloaded'), TOO_MANY)
    try {
      const key = tool.readOnly ? {} : { idempotency_key: keys(tool.name, args) }
      return { result: await tool.run(acting, { ...args, ...key }, signal), invalid: false }
    } catch (error) {
      verdict.refused()
      return refused(publicError(error))
    }
  }

  return {
    tools: tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      parameters: toolSchema(asked(tool.input)),
      async run(given) {
        signal.throwIfAborted()
        const call = outcome(tool, given)
        running.add(call)
        try {
          return await call
        } finally {
          running.delete(call)
        }
      },
    })),
    calls: () => calls.flatMap(({ call }) => (call === undefined ? [] : [call])),
    settled: async () => void (await Promise.allSettled(running)),
  }
}

const TOO_MANY = 'Not done: so many removals cannot be confirmed at once. Ask the user to do it in smaller steps.'

// Whose tasks, and what a repeat means, is decided here: the model is not asked.
const decided = { user_id: true, idempotency_key: true } as const

function asked({ shape }: z.ZodObject): z.ZodObject {
  return z.strictObject(Object.fromEntries(Object.entries(shape).filter(([name]) => !(name in decided))))
}

function argumentsOf(given: unknown): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).catch({}).parse(given)
}

function actingContext({ services, principal, user_id }: UserContext, conversation_id: number) {
  return { services, principal, acting_for: user_id, conversation_id, via: 'chat' as const }
}

/**
 * The idempotency key of a call: equal when the same message makes the same call again, as after a failure. The same
 * call made twice in one answer is meant twice.
 */
function keysOf({ place, message_id }: Turn) {
  const made = new Map<string, number>()
  return (tool: string, args: Record<string, unknown>): string => {
    const fields = Object.entries(args).filter(([name]) => !(name in decided))
    fields.sort(([a], [b]) => (a < b ? -1 : 1))
    const call = createHash('sha256')
      .update(JSON.stringify([tool, fields]))
      .digest('base64url')
    const times = (made.get(call) ?? 0) + 1
    made.set(call, times)
    return `chat.${place.conversation_id}.${message_id}.${call}.${times}`
  }
}

/** What went wrong, and what to do now. */
function refused(refusal: ApiError, detail = agentErrorMessage(refusal).text): ToolOutcome {
  const invalid = refusal.reason === 'validation_failed' || refusal.reason === 'user_mismatch'
  return { result: { ...agentErrorMessage(refusal).structured, detail }, invalid }
}

const ASK_FIRST =
  'Not done yet: removing more than one task in one answer needs the user to confirm. Call this tool for every other ' +
  'task that is meant too; then tell the user that these wait for a yes. The list is shown to the user by itself.'

async function heldBack(ctx: UserContext, tool: Tool, args: Record<string, unknown>): Promise<ToolOutcome> {
  const checked = tool.input.safeParse(args)
  if (!checked.success) return refused(new ApiError('validation_failed'))
  const id = checked.data['task_id']
  if (typeof id !== 'number') return { result: { status: PENDING_CONFIRMATION, detail: ASK_FIRST }, invalid: false }
  const task = await ctx.services.db.task.findUnique({
    where: { user_id_id: { user_id: ctx.user_id, id }, deleted_at: null },
    select: { title: true },
  })
  if (task === null) return refused(new ApiError('task_not_found'))
  return { result: { task_id: id, status: PENDING_CONFIRMATION, title: task.title, detail: ASK_FIRST }, invalid: false }
}
