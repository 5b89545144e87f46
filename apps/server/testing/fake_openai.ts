import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { z } from 'zod'

/** The reply to one request. Text and calls are sent in the protocol and form of the request. */
export type Reply =
  | { readonly text: string }
  | { readonly refusal: string }
  /** A response of the Responses protocol that did not complete, with the code of its error or the reason. */
  | { readonly ended: 'failed' | 'incomplete'; readonly code: string; readonly text?: string }
  | { readonly calls: readonly { readonly name: string; readonly arguments: string }[] }
  /** An HTTP response that is not model output. */
  | {
      readonly status: number
      /** Of the error in the body. */
      readonly code?: string
      readonly body?: string
      readonly type?: string
      readonly headers?: Record<string, string>
    }
  /** No response, or the beginning of one and then nothing. */
  | { readonly hang: 'at once' | 'in the middle' }
  /** The connection breaks. */
  | { readonly reset: 'at once' | 'in the middle' }

export interface FakeRequest {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly authorization: string | undefined
  /** The number of earlier requests. */
  readonly number: number
}

export interface FakeOpenAi {
  readonly url: string
  readonly requests: readonly FakeRequest[]
  /** The number of requests that their client aborted. */
  readonly aborted: () => number
  script: (request: FakeRequest) => Reply
  close(): Promise<void>
}

/** An OpenAI-compatible server on loopback with scripted replies, for Chat Completions and Responses. */
export async function fakeOpenAi(): Promise<FakeOpenAi> {
  const requests: FakeRequest[] = []
  let aborted = 0
  const server = createServer((request, response) => void answer(request, response))
  const fake: FakeOpenAi & { url: string } = {
    requests,
    aborted: () => aborted,
    script: () => ({ text: 'Hello.' }),
    url: '',
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('close', () => {
      if (!response.writableFinished) aborted++
    })
    const body = json.parse(JSON.parse(await textOf(request)))
    const seen = {
      path: request.url ?? '',
      body,
      authorization: request.headers.authorization,
      number: requests.length,
    }
    requests.push(seen)
    send(response, fake.script(seen), seen)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address === 'object' && address !== null) fake.url = `http://127.0.0.1:${address.port}/v1`
  return fake
}

const json = z.record(z.string(), z.unknown())

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

/** What a provider might write into the text of an error. */
export const SECRET = 'Incorrect API key provided: sk-proj-SECRET, in the request of ann@example.com'

function send(response: ServerResponse, reply: Reply, { path, body, number }: FakeRequest): void {
  if ('status' in reply) {
    response.writeHead(reply.status, { 'content-type': reply.type ?? 'application/json', ...reply.headers })
    response.end(
      reply.body ?? JSON.stringify({ error: { message: SECRET, type: 'server_error', code: reply.code ?? null } }),
    )
    return
  }
  if ('hang' in reply && reply.hang === 'at once') return
  if ('reset' in reply && reply.reset === 'at once') {
    response.destroy()
    return
  }
  const encode = path.endsWith('/responses') ? responses : completions
  const output = 'hang' in reply || 'reset' in reply ? { text: 'This goes well until' } : reply
  const { whole, events } = encode(output, number)
  if (body['stream'] !== true) {
    const text = JSON.stringify(whole)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    if (output === reply) response.end(text)
    else cutOff(response, text.slice(0, 20), reply)
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  if (output === reply) response.end(events.join(''))
  else cutOff(response, events.slice(0, 3).join(''), reply)
}

function cutOff(response: ServerResponse, text: string, reply: Reply): void {
  response.write(text, () => {
    if ('reset' in reply) response.destroy()
  })
}

type ModelOutput =
  | Extract<Reply, { refusal: string } | { ended: string } | { calls: readonly unknown[] }>
  | { readonly text: string }

interface EncodedOutput {
  readonly whole: object
  /** The same reply as a stream. */
  readonly events: readonly string[]
}

function completions(output: ModelOutput, number: number): EncodedOutput {
  const tool_calls =
    'calls' in output
      ? output.calls.map((call, index) => ({ id: `call_${number}_${index}`, type: 'function', function: call }))
      : undefined
  const content = 'text' in output ? output.text : null
  const refusal = 'refusal' in output ? output.refusal : undefined
  const head = { id: `chatcmpl-${number}`, created: 1, model: 'fake' }
  const finish_reason = tool_calls === undefined ? 'stop' : 'tool_calls'
  const chunk = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
  const deltas = tool_calls
    ? tool_calls.map((call, index) => chunk({ tool_calls: [{ index, ...call }] }))
    : refusal === undefined
      ? pieces(content ?? '').map((piece) => chunk({ content: piece }))
      : pieces(refusal).map((piece) => chunk({ refusal: piece }))
  const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }
  const counted = `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\n`
  return {
    whole: {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content, refusal, tool_calls }, finish_reason }],
      usage,
    },
    events: [
      chunk({ role: 'assistant', content: '' }),
      ...deltas,
      chunk({}, finish_reason),
      counted,
      'data: [DONE]\n\n',
    ],
  }
}

function responses(output: ModelOutput, number: number): EncodedOutput {
  const items =
    'calls' in output
      ? output.calls.map((call, index) => ({
          type: 'function_call',
          id: `fc_${number}_${index}`,
          call_id: `call_${number}_${index}`,
          status: 'completed',
          ...call,
        }))
      : [
          {
            type: 'message',
            id: `msg_${number}`,
            role: 'assistant',
            status: 'completed',
            content: [
              'refusal' in output
                ? { type: 'refusal', refusal: output.refusal }
                : { type: 'output_text', text: output.text ?? '', annotations: [] },
            ],
          },
        ].filter(() => !('ended' in output) || output.text !== undefined)
  const ended = 'ended' in output ? output.ended : 'completed'
  const code = 'ended' in output ? output.code : ''
  const whole = {
    id: `resp_${number}`,
    object: 'response',
    created_at: 1,
    status: ended,
    error: ended === 'failed' ? { code, message: SECRET } : null,
    incomplete_details: ended === 'incomplete' ? { reason: code } : null,
    model: 'fake',
    output: items,
    usage: {
      input_tokens: 7,
      output_tokens: 3,
      total_tokens: 10,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  }
  const deltas = 'text' in output ? pieces(output.text ?? '') : []
  return {
    whole,
    events: [
      event('response.created', { response: { ...whole, status: 'in_progress', output: [] } }, 0),
      ...deltas.map((delta, index) =>
        event(
          'response.output_text.delta',
          { item_id: `msg_${number}`, output_index: 0, content_index: 0, delta },
          index + 1,
        ),
      ),
      ...items.map((item, index) => event('response.output_item.done', { output_index: index, item }, 100 + index)),
      event(`response.${ended}`, { response: whole }, 200),
    ],
  }
}

function event(type: string, data: object, index: number): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: index, ...data })}\n\n`
}

function pieces(text: string): string[] {
  return text.match(/\S+\s*/g) ?? []
}
