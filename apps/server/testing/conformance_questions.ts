import { createHmac, timingSafeEqual } from 'node:crypto'
import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'

// The tools of the conformance suite that ask the client for something, as protocol 2026-07-28 does it: the answer is a
// question, and the client calls again with what it was asked for and with the state that it was given. Tests only.

type AskingResult = CallToolResult | InputRequiredResult
type AskingTool = (context: ServerContext) => AskingResult | Promise<AskingResult>

const done = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] })
const answersOf = ({ mcpReq }: ServerContext): Record<string, unknown> => ({ ...mcpReq.inputResponses })

function elicit(message: string, field: string, isBoolean = false) {
  const answer = isBoolean ? { type: 'boolean' as const } : { type: 'string' as const }
  const requestedSchema = { type: 'object' as const, properties: { [field]: answer }, required: [field] }
  return inputRequired.elicit({ message, requestedSchema })
}

function sample(text: string) {
  return inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens: 50 })
}

/** A tool that asks for these until all of them are answered. */
function asksFor(inputRequests: () => Record<string, ReturnType<typeof elicit>>, requestState?: string): AskingTool {
  return (context) => {
    const requests = inputRequests()
    const given = answersOf(context)
    if (Object.keys(requests).every((name) => name in given)) return done(JSON.stringify(given))
    return inputRequired({ inputRequests: requests, ...(requestState === undefined ? {} : { requestState }) })
  }
}

const SECRET = 'only the fixtures sign with this'
const sign = (state: string) => `${state}.${createHmac('sha256', SECRET).update(state).digest('base64url')}`

/** The state that a request carries, which must be one that we have signed. */
function signedState({ mcpReq }: ServerContext): string | undefined {
  const sent = mcpReq.requestState<string>()
  if (sent === undefined) return undefined
  const [state = ''] = sent.split('.')
  const [expected, given] = [Buffer.from(sign(state)), Buffer.from(sent)]
  if (expected.length === given.length && timingSafeEqual(expected, given)) return state
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'The state is not one of this server')
}

const confirmation = (state: string) =>
  inputRequired({ inputRequests: { confirm: elicit('Please confirm', 'ok', true) }, requestState: sign(state) })

const capabilities = z.object({ [CLIENT_CAPABILITIES_META_KEY]: z.record(z.string(), z.unknown()) })

function declares({ mcpReq }: ServerContext, capability: string): boolean {
  const parsed = capabilities.safeParse(mcpReq.envelope)
  return parsed.success && capability in parsed.data[CLIENT_CAPABILITIES_META_KEY]
}

const name = () => elicit('What is your name?', 'name')

export const askingTools: Record<string, AskingTool> = {
  test_input_required_result_elicitation: asksFor(() => ({ user_name: name() })),
  test_input_required_result_sampling: asksFor(() => ({ capital_question: sample('What is the capital of France?') })),
  test_input_required_result_list_roots: asksFor(() => ({ client_roots: inputRequired.listRoots() })),
  test_input_required_result_multiple_inputs: asksFor(
    () => ({ user_name: name(), greeting: sample('Generate a greeting'), client_roots: inputRequired.listRoots() }),
    sign('several'),
  ),
  test_input_required_result_request_state: (context) =>
    signedState(context) === undefined ? confirmation('confirm') : done('state-ok'),
  test_input_required_result_tampered_state: (context) =>
    signedState(context) === undefined ? confirmation('tampered') : done('state-ok'),
  test_input_required_result_multi_round: (context) => {
    const state = signedState(context)
    if (state === 'second') return done('both steps are answered')
    const [step, next, message] =
      state === 'first'
        ? ['step2', 'second', 'Step 2: What is your favorite color?']
        : ['step1', 'first', 'Step 1: What is your name?']
    return inputRequired({ inputRequests: { [step]: elicit(message, 'answer') }, requestState: sign(next) })
  },
  test_input_required_result_capabilities: (context) =>
    inputRequired({
      inputRequests: {
        ...(declares(context, 'elicitation') ? { user_name: name() } : {}),
        ...(declares(context, 'sampling') ? { greeting: sample('Generate a greeting') } : {}),
      },
    }),
  test_missing_capability: (context) => {
    if (!declares(context, 'sampling')) {
      throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } })
    }
    return done('sampling is declared')
  },
  test_streaming_elicitation: asksFor(() => ({ user_name: name() })),
  test_logging_tool: async ({ mcpReq }) => {
    await mcpReq.log('info', 'one line')
    return done('logged')
  },
}

/** The prompt that needs an answer of its user. */
export const ASKING_PROMPT = 'test_input_required_result_prompt'

export function askingPrompt(context: ServerContext) {
  const given = answersOf(context)['user_context']
  if (given === undefined) {
    const asked = elicit('What context should the prompt use?', 'context')
    return inputRequired({ inputRequests: { user_context: asked } })
  }
  return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text: JSON.stringify(given) } }] }
}
