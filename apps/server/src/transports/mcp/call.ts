import type { CallToolResult } from '@modelcontextprotocol/server'
import { agentErrorMessage, publicError, type Context, type Tool } from '@taskwire/api'

/** What a tool answered, as JSON. Of an error the text for the model is another one. */
export type ToolAnswer =
  | { readonly json: string; readonly isError: false }
  | { readonly json: string; readonly isError: true; readonly text: string }

/** Runs a tool. An error becomes an answer that tells the agent what to do next. */
export async function callTool(tool: Tool, ctx: Context, args: unknown, signal: AbortSignal): Promise<ToolAnswer> {
  try {
    return { json: await tool.runAsJson(ctx, args, signal), isError: false }
  } catch (error) {
    const { text, structured } = agentErrorMessage(publicError(error))
    return { json: JSON.stringify({ ...structured, request_id: ctx.request_id }), isError: true, text }
  }
}

/** The answer as MCP has it. */
export function toolResult(answer: ToolAnswer): CallToolResult {
  const { json, isError } = answer
  const text = isError ? answer.text : json
  return { content: [{ type: 'text', text }], structuredContent: JSON.parse(json), ...(isError ? { isError } : {}) }
}
