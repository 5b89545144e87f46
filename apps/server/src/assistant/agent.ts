import type { Agent, FunctionTool, Model, Runner } from '@openai/agents'
import { ApiError, type Assistant, type AssistantTool, type Question } from '@taskwire/api'
import { instructions } from './instructions.ts'
import { mendedModel } from './sanitized_model.ts'
import { inputItems } from './history_items.ts'
import { agentsSdk, type Sdk } from './sdk.ts'
import { toolData } from './tool_data.ts'

/** How far an agent may go for one message. Times are in milliseconds. */
export interface Limits {
  readonly call: number
  readonly all: number
  readonly turns: number
  /** Invalid tool calls in a row that end the run. */
  readonly invalidCalls: number
}

export const limits: Limits = { call: 20_000, all: 60_000, turns: 8, invalidCalls: 3 }

export interface NamedModel {
  /** What the answers say of themselves. */
  readonly name: string
  /** Made when the first answer needs it. */
  readonly create: () => Promise<Model>
}

/** An assistant that lets a model use the tools, step by step, until it answers or a limit is reached. */
export function agentAssistant({ name, create }: NamedModel, within: Limits = limits): Assistant {
  let model: Promise<Model> | undefined
  const closing = new AbortController()
  return {
    close: () => closing.abort(),
    async answer(question) {
      const budget = AbortSignal.timeout(within.all)
      const lost = new AbortController()
      const signal = AbortSignal.any([question.signal, budget, lost.signal, closing.signal])
      try {
        model ??= create()
        const run = answerOf(await agentsSdk(), await model, { question, signal, within, giveUp: () => lost.abort() })
        const response = await unlessAborted(run, signal)
        return { response, model: name }
      } catch (error) {
        question.signal.throwIfAborted()
        if (budget.aborted || isTimeout(error)) throw new ApiError('model_timeout', {}, error)
        throw new ApiError('model_unavailable', {}, error)
      }
    },
  }
}

interface Run {
  readonly question: Question
  readonly signal: AbortSignal
  readonly within: Limits
  /** Ends the run: the model is beyond hope. */
  readonly giveUp: () => void
}

async function answerOf(sdk: Sdk, model: Model, { question, signal, within, giveUp }: Run): Promise<string> {
  const { history, message, tools, say } = question
  let used = false
  let invalid = 0
  const count = (valid: boolean) => {
    used ||= valid
    invalid = valid ? 0 : invalid + 1
    if (invalid >= within.invalidCalls) giveUp()
  }
  const agent = new sdk.Agent({
    name: 'Taskwire',
    instructions,
    model: mendedModel(model),
    modelSettings: { timeoutMs: within.call },
    tools: tools.map((tool) => functionTool(sdk, tool, count)),
  })
  const runner = new sdk.Runner({
    tracingDisabled: true,
    traceIncludeSensitiveData: false,
    toolNotFoundBehavior: 'return_error_to_model',
    toolErrorFormatter: ({ kind, toolName }) => {
      if (kind !== 'tool_not_found') return undefined
      count(false)
      return toolData({ code: 'not_found', detail: `There is no tool ${toolName}. Use those that you were given.` })
    },
  })
  const input = inputItems(history, message)
  const options = { signal, maxTurns: within.turns }
  const text = say
    ? await streamed(runner, agent, { input, options, say })
    : await whole(runner, agent, { input, options })
  if (text.trim() !== '') return text
  if (used) return 'Done.'
  throw new Error('the model answered nothing')
}

interface Input {
  readonly input: ReturnType<typeof inputItems>
  readonly options: { readonly signal: AbortSignal; readonly maxTurns: number }
}

async function whole(runner: Runner, agent: Agent, { input, options }: Input): Promise<string> {
  const { finalOutput } = await runner.run(agent, input, options)
  return finalOutput ?? ''
}

async function streamed(
  runner: Runner,
  agent: Agent,
  { input, options, say }: Input & { say: (text: string) => void },
) {
  const run = await runner.run(agent, input, { ...options, stream: true })
  for await (const event of run) {
    if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta') say(event.data.delta)
  }
  await run.completed
  return run.finalOutput ?? ''
}

/** One of our tools in the SDK's form. What is wrong with its arguments reaches the model in our words. */
function functionTool(sdk: Sdk, tool: AssistantTool, count: (valid: boolean) => void): FunctionTool {
  return sdk.tool({
    name: tool.name,
    description: tool.description,
    parameters: { type: 'object', properties: {}, required: [], additionalProperties: true, ...tool.parameters },
    // Strict schemas cannot say that a field may be left out.
    strict: false,
    errorFunction: null,
    async execute(args) {
      const { result, invalid } = await tool.run(args)
      count(!invalid)
      return toolData(result)
    },
  })
}

/** A run that does not heed its signal is left behind. */
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

/** Whether the model, its server or a gateway before it took too long. */
function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && error.code === 'ETIMEDOUT') return true
  return 'status' in error && (error.status === 408 || error.status === 504)
}
