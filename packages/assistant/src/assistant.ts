import type { Assistant, AssistantRequest, AssistantTool } from '@taskwire/api'
import { boundedWork } from './bounded_work.ts'
import { exchangesIn, type CompletedCall } from './conversation.ts'
import { dialogueOf } from './dialogue.ts'
import { respond } from './respond.ts'
import type { ToolUse } from './steps.ts'

export const OFFLINE_MODEL = 'taskwire-offline'

/** Rounds of tool calls for one message: some reads, and at most 50 undos one after the other. The limit only ends an accidental loop. */
const MAX_ROUNDS = 100

/** The time limit of one answer, including tool calls. */
const TIMEOUT_MS = 60_000

/**
 * The assistant of installations that have no language model: a fixed grammar of plain English commands. It keeps
 * no state and uses no network, so equal conversations get equal answers.
 */
export function offlineAssistant({ timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Assistant {
  const answers = boundedWork()
  return {
    asksBeforeChanges: true,
    close: () => answers.close(),
    async answer(request) {
      const { signal } = request
      const reply = await answers.run((bounded) => replyTo(request, bounded), { signal, timeoutMs })
      for (const piece of piecesOf(reply)) request.onDelta?.(piece)
      return { response: reply, model: OFFLINE_MODEL }
    },
  }
}

/** Uses the tools that the work on the message asks for, until there is a reply. */
async function replyTo(request: AssistantRequest, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  const { message, tools } = request
  const clock = await unlessAborted(request.moment(), signal)
  const past = { exchanges: exchangesIn(request.history), isCut: request.historyIsCut }
  const steps = respond(message, { clock, dialogue: dialogueOf(past, { clock }) })
  let step = steps.next()
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (step.done) return step.value.reply
    signal.throwIfAborted()
    const calls = step.value.map((use) => completedCall(use, tools))
    step = steps.next(await unlessAborted(Promise.all(calls), signal))
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

/** The text word by word, as a model would stream it. */
function piecesOf(text: string): readonly string[] {
  return text.match(/\S+\s*|\s+/g) ?? []
}
