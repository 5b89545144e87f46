import type { CallToolResult } from '@modelcontextprotocol/server'
import { agentErrorMessage, publicError, type Context, type Tool } from '@taskwire/api'

/** What a tool answered: the text for the model, and the same for a program. */
export interface ToolAnswer {
  readonly text: string
  readonly structured: Readonly<Record<string, unknown>>
  readonly isError: boolean
}

/** Runs a tool. An error becomes an answer that tells the agent what to do next. */
export async function callTool(tool: Tool, ctx: Context, args: unknown, signal: AbortSignal): Promise<ToolAnswer> {
  try {
    const structured = await tool.run(ctx, args, signal)
    return { text: JSON.stringify(structured), structured, isError: false }
  } catch (error) {
    const { text, structured } = agentErrorMessage(publicError(error))
    return { text, structured: { ...structured, request_id: ctx.request_id }, isError: true }
  }
}

/** The answer as MCP has it. */
export function toolResult({ text, structured, isError }: ToolAnswer): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent: structured, ...(isError ? { isError } : {}) }
}
