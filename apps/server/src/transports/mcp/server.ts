import {
  CLIENT_CAPABILITIES_META_KEY,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerOptions,
} from '@modelcontextprotocol/server'
import type { Context, Principal, Tool } from '@taskwire/api'
import { z } from 'zod'
import { callTool, toolResult } from './call.ts'
import { removalQuestion } from './confirm_removal.ts'
import { identity, introduction, LIST_CACHE } from './introduction.ts'
import { servePrompts } from './prompts.ts'
import { serveResources } from './resources.ts'
import { toolList } from './tool_list.ts'

/** The user on whose behalf an MCP server acts: for one request over HTTP, for a whole connection over stdio. */
export interface McpSession {
  readonly principal: Principal
  /** Makes the context of the next call. */
  readonly context: () => Context
  /**
   * How updates of resources reach the client: by its subscriptions on this connection, which are kept here, by a stream
   * of its own, or not at all, as in protocols of 2025 without a session.
   */
  readonly updates: Set<string> | 'stream' | 'none'
}

export type McpServerFactory = (session: McpSession) => Server

/**
 * Creates MCP servers with these tools. It uses the SDK's low-level class, because the tools validate their own
 * arguments: errors carry our codes, and unknown arguments reach that validation.
 */
export function mcpServerFactory(tools: readonly Tool[]): McpServerFactory {
  return ({ principal, context, updates }) => {
    const server = new Server(identity, updates === 'none' ? withoutUpdates : options)
    servePrompts(server)
    serveResources(server, { tools, context, subscribed: updates instanceof Set ? updates : undefined })
    server.setRequestHandler('tools/list', () => toolList(principal, tools))
    server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
      const args = params.arguments ?? {}
      // Searches all tools: called with a read-only key, a writing tool reports an error that explains itself.
      const tool = tools.find(({ name }) => name === params.name)
      if (tool === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name}`)
      const question = canBeAsked(server, mcpReq.envelope)
        ? await removalQuestion({ tool, args, tools, context }, { mcpReq })
        : undefined
      return question ?? toolResult(await callTool(tool, context(), args, mcpReq.signal))
    })
    return server
  }
}

const { capabilities, instructions } = introduction

const options: ServerOptions = {
  capabilities,
  instructions,
  cacheHints: { 'tools/list': LIST_CACHE },
}

const withoutUpdates: ServerOptions = { ...options, capabilities: { ...capabilities, resources: {} } }

/** Whether the client can ask its user: it says so when it connects or, since 2026, with each request. */
function canBeAsked(server: Server, envelope: unknown): boolean {
  return asking.safeParse(envelope).success || server.getClientCapabilities()?.elicitation !== undefined
}

const asking = z.object({ [CLIENT_CAPABILITIES_META_KEY]: z.object({ elicitation: z.object({}) }) })
