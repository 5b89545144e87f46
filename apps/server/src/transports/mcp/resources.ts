import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError, type Server } from '@modelcontextprotocol/server'
import { agentErrorMessage, publicError, type Change, type Context, type Tool } from '@taskwire/api'

const TODAY = 'taskwire://tasks/today'
const mimeType = 'application/json'

const resources = [
  { uri: TODAY, name: 'today', title: 'Due today', description: 'Pending tasks that are due today', mimeType },
]
const resourceTemplates = [
  { uriTemplate: 'taskwire://tasks/{task_id}', name: 'task', title: 'Task', description: 'One task', mimeType },
]

export interface ResourceOptions {
  readonly tools: readonly Tool[]
  /** Makes the context of the next request. */
  readonly context: () => Context
  /** The resources that the client has subscribed to, where the connection lasts. */
  readonly subscribed: Set<string> | undefined
}

/** Serves tasks as resources. Each is what the tool that reads it answers. */
export function serveResources(server: Server, { tools, context, subscribed }: ResourceOptions): void {
  server.setRequestHandler('resources/list', () => ({ resources }))
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }))
  server.setRequestHandler('resources/read', async ({ params: { uri } }, { mcpReq }) => {
    const { name, args } = readerOf(uri)
    const tool = tools.find((each) => each.name === name)
    if (tool === undefined) throw new ResourceNotFoundError(uri)
    const text = await tool.runAsJson(context(), args, mcpReq.signal).catch((error: unknown) => {
      throw readError(uri, error)
    })
    return { contents: [{ uri, mimeType, text }] }
  })
  if (subscribed === undefined) return
  server.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
    readerOf(uri)
    subscribed.add(uri)
    return {}
  })
  server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    subscribed.delete(uri)
    return {}
  })
}

/** The resources that look different after a change. */
export function changedResources({ task_id, before, after }: Change): string[] {
  const isDated = [before, after].some((task) => typeof task?.due_date === 'string')
  return [`taskwire://tasks/${task_id}`, ...(isDated ? [TODAY] : [])]
}

function readerOf(uri: string) {
  if (uri === TODAY) return { name: 'list_tasks', args: { due: 'today', limit: 200 } }
  const [, task_id] = /^taskwire:\/\/tasks\/(\d{1,15})$/.exec(uri) ?? []
  if (task_id === undefined) throw new ResourceNotFoundError(uri)
  return { name: 'get_task', args: { task_id } }
}

function readError(uri: string, error: unknown): Error {
  const published = publicError(error)
  if (published.reason === 'task_not_found') return new ResourceNotFoundError(uri)
  const { text, structured } = agentErrorMessage(published)
  return new ProtocolError(ProtocolErrorCode.InternalError, text, structured)
}
