import type { Assistant, AssistantRequest, AssistantTool } from '@taskwire/api'
import type { ToolUse } from './action.ts'
import { conversationOf, type CompletedCall, type Conversation } from './conversation.ts'
import { nextAction } from './next_action.ts'

export const OFFLINE_MODEL = 'taskwire-offline'

/**
 * Rounds of tool calls for one message. The interpreter needs three at most; the limit only ends an accidental loop.
 */
const MAX_ROUNDS = 8

/** The time limit of one answer, including tool calls. */
const TIMEOUT_MS = 60_000

/**
 * The assistant of installations that have no language model: a fixed interpreter of plain English commands. It keeps
 * no state and uses no network, so equal conversations get equal answers.
 */
export function offlineAssistant({ timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Assistant {
  const closing = new AbortController()
  return {
    close: () => closing.abort(),
    async answer(request) {
      const signal = AbortSignal.any([request.signal, closing.signal, AbortSignal.timeout(timeoutMs)])
      const reply = await replyTo(request, signal)
      for (const piece of piecesOf(reply)) request.onDelta?.(piece)
      return { response: reply, model: OFFLINE_MODEL }
    },
  }
}

/** Runs tools and interprets their results, until there is a reply. */
async function replyTo({ history, message, tools }: AssistantRequest, signal: AbortSignal): Promise<string> {
  let conversation: Conversation = conversationOf(history, message)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    signal.throwIfAborted()
    const action = nextAction(conversation)
    if ('reply' in action) return action.reply
    // All at once, because the confirmation guard recognises removals that belong together by their arrival.
    const calls = await unlessAborted(Promise.all(action.use.map((use) => completedCall(use, tools))), signal)
    conversation = { ...conversation, calls: [...conversation.calls, ...calls] }
  }
  throw new Error(`no reply after ${MAX_ROUNDS} rounds of tool calls`)
}

async function completedCall({ tool, args }: ToolUse, tools: readonly AssistantTool[]): Promise<CompletedCall> {
  const known = tools.find(({ name }) => name === tool)
  if (known === undefined) return { tool, args, result: { code: 'not_found', detail: `There is no tool ${tool}` } }
  const { result } = await known.run(args)
  return { tool, args, result }
}

/** Rejects as soon as `signal` aborts, without waiting for tools that are still running. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    if (signal.aborted) abort()
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** The text a few words at a time, as a model would stream it. */
function piecesOf(text: string): readonly string[] {
  return text.match(/(?:\S+\s*){1,4}|\s+/g) ?? []
}
