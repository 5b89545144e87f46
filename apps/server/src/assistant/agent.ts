import type { Agent, FunctionTool, Model, Runner } from '@openai/agents-core'
import { ApiError, type Assistant, type AssistantReply, type AssistantRequest, type AssistantTool } from '@taskwire/api'
import { historyItems } from './history_items.ts'
import { instructionsAt } from './instructions.ts'
import { modelFailure } from './model_failure.ts'
import { sanitizedModel } from './sanitized_model.ts'
import { agentsSdk, type Sdk } from './sdk.ts'
import { toolData } from './tool_data.ts'
import { WithheldAnswer } from './unsuccessful_response.ts'

/** The limits of one answer. */
export interface Limits {
  /** For one call of the model. */
  readonly callMs: number
  /** For the whole answer. */
  readonly answerMs: number
  /** Calls of the model. */
  readonly turns: number
  /** Invalid tool calls in a row. */
  readonly invalidCalls: number
}

export const limits: Limits = { callMs: 20_000, answerMs: 60_000, turns: 8, invalidCalls: 3 }

export interface NamedModel {
  /** The model name that is stored with answers. */
  readonly name: string
  /** Called when the first answer needs the model. */
  readonly create: () => Promise<Model>
}

/** An assistant in which a model uses the tools, step by step, until it answers or reaches a limit. */
export function agentAssistant({ name, create }: NamedModel, within: Limits = limits): Assistant {
  let model: Promise<Model> | undefined
  const closing = new AbortController()
  return {
    close: () => closing.abort(),
    async answer(request) {
      const timeout = AbortSignal.timeout(within.answerMs)
      const gaveUp = new AbortController()
      const signal = AbortSignal.any([request.signal, timeout, gaveUp.signal, closing.signal])
      try {
        model ??= create()
        const options = { request, signal, within, giveUp: () => gaveUp.abort() }
        const run = responseOf(await agentsSdk(), await model, options)
        return { response: await unlessAborted(run, signal), model: name }
      } catch (error) {
        request.signal.throwIfAborted()
        if (timeout.aborted) throw new ApiError('model_timeout', {}, new Error('the answer took too long'))
        const ending = await endingOf(error)
        if (ending !== undefined) return { ...ending, model: name }
        throw modelFailure(error)
      }
    },
  }
}

/** The answer of a run that ended early, but not by a failure: a refusal, or the limit of model calls. */
async function endingOf(error: unknown): Promise<Omit<AssistantReply, 'model'> | undefined> {
  if (error instanceof WithheldAnswer) return { response: 'The model’s provider withheld the answer.' }
  const { MaxTurnsExceededError, ModelRefusalError } = await agentsSdk()
  if (error instanceof ModelRefusalError) return { response: error.refusal }
  return error instanceof MaxTurnsExceededError ? { response: '', isIncomplete: true } : undefined
}

interface RunOptions {
  readonly request: AssistantRequest
  readonly signal: AbortSignal
  readonly within: Limits
  /** Ends the run, because the model no longer makes valid calls. */
  readonly giveUp: () => void
}

async function responseOf(sdk: Sdk, model: Model, { request, signal, within, giveUp }: RunOptions): Promise<string> {
  const { history, message, tools, onDelta, onUsage } = request
  let usedTools = false
  let invalidCalls = 0
  const countCall = (valid: boolean) => {
    usedTools ||= valid
    invalidCalls = valid ? 0 : invalidCalls + 1
    if (invalidCalls >= within.invalidCalls) giveUp()
  }
  const agent = new sdk.Agent({
    name: 'Taskwire',
    instructions: instructionsAt(await request.moment()),
    model: sanitizedModel(model, (usage) => onUsage?.(usage)),
    modelSettings: { timeoutMs: within.callMs },
    tools: tools.map((tool) => functionTool(sdk, tool, countCall)),
  })
  const runner = runnerOf(sdk, countCall)
  const input = historyItems(history, message)
  const options = { signal, maxTurns: within.turns }
  const text = onDelta
    ? await streamedText(runner, agent, { input, options, onDelta })
    : await completeText(runner, agent, { input, options })
  if (text.trim() !== '') return text
  if (usedTools) return 'Done.'
  throw new Error('the model returned an empty answer')
}

function runnerOf(sdk: Sdk, countCall: (valid: boolean) => void): Runner {
  return new sdk.Runner({
    tracingDisabled: true,
    traceIncludeSensitiveData: false,
    toolNotFoundBehavior: 'return_error_to_model',
    toolErrorFormatter: ({ kind, toolName }) => {
      if (kind !== 'tool_not_found') return undefined
      countCall(false)
      return toolData({ code: 'not_found', detail: `There is no tool ${toolName}. Use only the tools you were given.` })
    },
  })
}

interface RunInput {
  readonly input: ReturnType<typeof historyItems>
  readonly options: { readonly signal: AbortSignal; readonly maxTurns: number }
}

async function completeText(runner: Runner, agent: Agent, { input, options }: RunInput): Promise<string> {
  const { finalOutput } = await runner.run(agent, input, options)
  return finalOutput ?? ''
}

async function streamedText(
  runner: Runner,
  agent: Agent,
  { input, options, onDelta }: RunInput & { onDelta: (text: string) => void },
): Promise<string> {
  const run = await runner.run(agent, input, { ...options, stream: true })
  for await (const event of run) {
    if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta') onDelta(event.data.delta)
  }
  await run.completed
  return run.finalOutput ?? ''
}

/** One of our tools in the SDK's form. Errors in its arguments are reported to the model by the tool itself. */
function functionTool(sdk: Sdk, tool: AssistantTool, countCall: (valid: boolean) => void): FunctionTool {
  return sdk.tool({
    name: tool.name,
    description: tool.description,
    parameters: { type: 'object', properties: {}, required: [], additionalProperties: true, ...tool.parameters },
    // A strict schema cannot have optional fields.
    strict: false,
    errorFunction: null,
    async execute(args) {
      const { result, invalid } = await tool.run(args)
      countCall(!invalid)
      return toolData(result)
    },
  })
}

/** Rejects as soon as `signal` aborts, even if the run ignores it. */
async function unlessAborted<T>(run: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    if (signal.aborted) abort()
    return await Promise.race([run, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
