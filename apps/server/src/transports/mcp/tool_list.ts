import type { ListToolsResult } from '@modelcontextprotocol/server'
import { toolSchema, toolsFor, type Principal, type Tool } from '@taskwire/api'

/** Describes the tools, once for all; returns what `tools/list` answers to a principal. */
export function toolList(tools: readonly Tool[]): (principal: Principal) => ListToolsResult {
  const listings = new Map(tools.map((tool) => [tool, listing(tool)]))
  return (principal) => ({ tools: toolsFor(principal, tools).flatMap((tool) => listings.get(tool) ?? []) })
}

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
