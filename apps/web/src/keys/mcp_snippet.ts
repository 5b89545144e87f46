/** The configuration of an HTTP server in the form that most MCP clients accept. */
export function mcpSnippet(origin: string, key: string): string {
  const server = { type: 'http', url: `${origin}/mcp`, headers: { Authorization: `Bearer ${key}` } }
  return JSON.stringify({ mcpServers: { taskwire: server } }, null, 2)
}
