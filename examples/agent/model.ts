import { createHash } from 'node:crypto'

/** A call of a tool that a model asks for. */
export interface ToolCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

export type Message =
  | { readonly role: 'system' | 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string | null; readonly tool_calls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string }

export interface ToolDescription {
  readonly type: 'function'
  readonly function: { readonly name: string; readonly description: string; readonly parameters: unknown }
}

export interface Model {
  next(messages: readonly Message[], tools: readonly ToolDescription[]): Promise<Message & { role: 'assistant' }>
}

/** Plays a model that adds what it was told as a task, looks at the list, and says what is on it. */
export function scriptedModel(): Model {
  return {
    async next(messages) {
      const last = messages.at(-1)
      const results = messages.filter(({ role }) => role === 'tool').length
      if (last?.role === 'user') return call('add_task', { title: last.content, idempotency_key: keyOf(last.content) })
      if (results === 1) return call('list_tasks', { status: 'pending' })
      return { role: 'assistant', content: `Your list: ${last?.content ?? ''}` }
    },
  }
}

/** The same words have the same key, so that a second run adds nothing. */
function keyOf(words: string): string {
  return `agent-${createHash('sha256').update(words).digest('hex')}`
}

function call(name: string, args: object): Message & { role: 'assistant' } {
  const tool: ToolCall = { id: `call-${name}`, type: 'function', function: { name, arguments: JSON.stringify(args) } }
  return { role: 'assistant', content: null, tool_calls: [tool] }
}

/** Any model behind the Chat Completions API. */
export function chatCompletions({ url, key, model }: { url: string; key: string; model: string }): Model {
  return {
    async next(messages, tools) {
      const response = await fetch(`${url}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ model, messages, tools }),
      })
      if (!response.ok) throw new Error(`the model answers ${response.status}: ${await response.text()}`)
      const answer = (await response.json()) as { choices: { message: Message & { role: 'assistant' } }[] }
      const [choice] = answer.choices
      if (choice === undefined) throw new Error('the model answers nothing')
      return choice.message
    },
  }
}
