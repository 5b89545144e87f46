import { inputRequired, inputResponse, type CallToolResult, type ServerContext } from '@modelcontextprotocol/server'
import { effectOf, type Context, type Tool } from '@taskwire/api'
import { z } from 'zod'

/** As many titles as a person reads in a question. */
const MAX_TITLES = 10
const ANSWER = 'confirm'

export interface RemovalCall {
  readonly tool: Tool
  readonly args: Readonly<Record<string, unknown>>
  readonly tools: readonly Tool[]
  readonly context: () => Context
}

/**
 * What to answer instead of deleting several tasks: the question to the person or, after they have declined it, that
 * nothing was deleted. Undefined if the call may run: it deletes at most one, they have agreed, or it would fail.
 */
export async function removalQuestion(call: RemovalCall, { mcpReq }: Pick<ServerContext, 'mcpReq'>) {
  const effect = effectOf(call.tool.name, call.args)
  if (effect?.does !== 'remove' || effect.task_ids.length < 2) return undefined
  const response = inputResponse(mcpReq.inputResponses, ANSWER)
  if (response.kind === 'elicit') {
    return response.action === 'accept' && response.content?.['delete'] === true ? undefined : declined
  }
  const titles = await titlesOf(call, effect.task_ids.slice(0, MAX_TITLES))
  return titles === undefined ? undefined : question(titles, effect.task_ids.length)
}

function question(titles: readonly string[], count: number) {
  const rest = count > titles.length ? ` and ${count - titles.length} more` : ''
  const message = `Delete ${count} tasks: ${titles.map((title) => `“${title}”`).join(', ')}${rest}?`
  const answer = { type: 'boolean' as const, title: 'Delete them', description: 'undo brings them back' }
  const requestedSchema = { type: 'object' as const, properties: { delete: answer }, required: ['delete'] }
  return inputRequired({ inputRequests: { [ANSWER]: inputRequired.elicit({ message, requestedSchema }) } })
}

const declined: CallToolResult = {
  isError: true,
  content: [{ type: 'text', text: 'The user was asked and declined: nothing was deleted. Do not try again.' }],
}

/** Undefined where one cannot be read: then the call itself says why. */
async function titlesOf({ tools, context }: RemovalCall, task_ids: readonly number[]): Promise<string[] | undefined> {
  const reader = tools.find(({ name }) => name === 'get_task')
  if (reader === undefined) return undefined
  try {
    const tasks = await Promise.all(task_ids.map((task_id) => reader.run(context(), { task_id })))
    return tasks.map((answer) => titled.parse(answer).task.title)
  } catch {
    return undefined
  }
}

const titled = z.object({ task: z.object({ title: z.string() }) })
