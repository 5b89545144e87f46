import type { CallToolResult } from '@modelcontextprotocol/server'
import { agentErrorMessage, publicError, type Context, type Tool } from '@taskwire/api'

/** Runs a tool. An error becomes a result that tells the agent what to do next. */
export async function callTool(tool: Tool, ctx: Context, args: unknown, signal: AbortSignal): Promise<CallToolResult> {
  try {
    const output = await tool.run(ctx, args, signal)
    return { content: [{ type: 'text', text: JSON.stringify(output) }], structuredContent: output }
  } catch (error) {
    const { text, structured } = agentErrorMessage(publicError(error))
    return {
      isError: true,
      content: [{ type: 'text', text }],
      structuredContent: { ...structured, request_id: ctx.request_id },
    }
  }
}
