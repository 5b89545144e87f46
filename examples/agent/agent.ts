import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { chatCompletions, scriptedModel, type Message, type Model, type ToolCall } from './model.ts'

const MAX_STEPS = 10
const { TASKWIRE_URL = 'http://127.0.0.1:8000', TASKWIRE_API_KEY = '', OPENAI_MODEL = 'gpt-5-mini' } = process.env
const { OPENAI_API_KEY, OPENAI_BASE_URL } = process.env

const model: Model =
  OPENAI_API_KEY === undefined && OPENAI_BASE_URL === undefined
    ? scriptedModel()
    : chatCompletions({
        url: OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
        key: OPENAI_API_KEY ?? 'none',
        model: OPENAI_MODEL,
      })

const taskwire = new Client({ name: 'taskwire-example-agent', version: '1.0.0' })
await taskwire.connect(
  new StreamableHTTPClientTransport(new URL('/mcp', TASKWIRE_URL), {
    requestInit: { headers: { authorization: `Bearer ${TASKWIRE_API_KEY}` } },
  }),
)
try {
  process.stdout.write(`${await answer(process.argv.slice(2).join(' ') || 'Call the dentist')}\n`)
} finally {
  await taskwire.close()
}

/** Lets the model call tools until it answers in words. */
async function answer(question: string): Promise<string> {
  const tools = (await taskwire.listTools()).tools.map(({ name, description = '', inputSchema }) => ({
    type: 'function' as const,
    function: { name, description, parameters: inputSchema },
  }))
  const messages: Message[] = [
    { role: 'system', content: "You manage the user's tasks with the tools." },
    { role: 'user', content: question },
  ]
  for (let step = 0; step < MAX_STEPS; step++) {
    const said = await model.next(messages, tools)
    messages.push(said)
    if (said.tool_calls === undefined || said.tool_calls.length === 0) return said.content ?? ''
    for (const call of said.tool_calls) messages.push(await result(call))
  }
  return 'I stopped after too many steps.'
}

/** What a tool answers. An error is an answer too: its text tells the model what to do. */
async function result({ id, function: { name, arguments: text } }: ToolCall): Promise<Message> {
  const { content } = await taskwire.callTool({ name, arguments: JSON.parse(text || '{}') })
  const parts = content as { type: string; text?: string }[]
  return { role: 'tool', tool_call_id: id, content: parts.map((part) => part.text ?? '').join('\n') }
}
