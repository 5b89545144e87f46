import type { ListToolsResult } from '@modelcontextprotocol/server'
import { toolSchema, toolsFor, type Principal, type Tool } from '@taskwire/api'

/** What `tools/list` answers to a principal. */
export function toolList(principal: Principal, tools: readonly Tool[]): ListToolsResult {
  return { tools: toolsFor(principal, tools).map(listing) }
}

type Listing = ReturnType<typeof described>
const listings = new WeakMap<Tool, Listing>()

/** Made when it is first asked for: a server's start does not wait for all of them. */
function listing(tool: Tool): Listing {
  const made = listings.get(tool) ?? described(tool)
  listings.set(tool, made)
  return made
}

/** A tool as `tools/list` describes it. */
function described(tool: Tool) {
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
