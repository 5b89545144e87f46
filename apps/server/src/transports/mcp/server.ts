import {
  CLIENT_CAPABILITIES_META_KEY,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerOptions,
} from '@modelcontextprotocol/server'
import { toolSchema, toolsFor, type Context, type Principal, type Tool } from '@taskwire/api'
import { z } from 'zod'
import pkg from '../../../package.json' with { type: 'json' }
import { callTool } from './call.ts'
import { removalQuestion } from './confirm_removal.ts'
import introduction from './introduction.json' with { type: 'json' }
import { servePrompts } from './prompts.ts'
import { serveResources } from './resources.ts'

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
  const listings = new Map(tools.map((tool) => [tool, listing(tool)]))
  return ({ principal, context, updates }) => {
    const server = new Server(identity, updates === 'none' ? withoutUpdates : options)
    servePrompts(server)
    serveResources(server, { tools, context, subscribed: updates instanceof Set ? updates : undefined })
    server.setRequestHandler('tools/list', () => ({
      tools: toolsFor(principal, tools).flatMap((tool) => listings.get(tool) ?? []),
    }))
    server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
      const args = params.arguments ?? {}
      // Searches all tools: called with a read-only key, a writing tool reports an error that explains itself.
      const tool = tools.find(({ name }) => name === params.name)
      if (tool === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name}`)
      const question = canBeAsked(server, mcpReq.envelope)
        ? await removalQuestion({ tool, args, tools, context }, { mcpReq })
        : undefined
      return question ?? callTool(tool, context(), args, mcpReq.signal)
    })
    return server
  }
}

// scripts/mcp_front.mjs says the same while this server is being started.
const { capabilities, instructions } = introduction
const identity = { name: 'taskwire', title: 'Taskwire', version: pkg.version }

const options: ServerOptions = {
  capabilities,
  instructions,
  // The list depends on the token, so shared caches must not keep it.
  cacheHints: { 'tools/list': { ttlMs: 300_000, cacheScope: 'private' } },
}

const withoutUpdates: ServerOptions = { ...options, capabilities: { ...capabilities, resources: {} } }

/** Whether the client can ask its user: it says so when it connects or, since 2026, with each request. */
function canBeAsked(server: Server, envelope: unknown): boolean {
  return asking.safeParse(envelope).success || server.getClientCapabilities()?.elicitation !== undefined
}

const asking = z.object({ [CLIENT_CAPABILITIES_META_KEY]: z.object({ elicitation: z.object({}) }) })

/** A tool as `tools/list` describes it. */
function listing(tool: Tool) {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: { type: 'object' as const, ...toolSchema(tool.input) },
    outputSchema: { type: 'object' as const, ...outputOrError(toolSchema(tool.output, 'output')) },
    annotations: {
      readOnlyHint: tool.readOnly,
      destructiveHint: tool.destructive,
      idempotentHint: tool.idempotent,
      openWorldHint: false,
    },
  }
}

// Clients with the SDK of 2025 validate structured content against this schema even if `isError` is set.
function outputOrError({ properties, required, ...schema }: Record<string, unknown>) {
  return {
    ...schema,
    properties: { ...Object(properties), code: { type: 'string', description: 'Only of a failure: its reason' } },
    anyOf: [{ required }, { required: ['code'] }],
  }
}
