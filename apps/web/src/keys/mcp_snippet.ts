/** What most MCP clients take as the configuration of a server that is reached over HTTP. */
export function mcpSnippet(origin: string, key: string): string {
  const server = { type: 'http', url: `${origin}/mcp`, headers: { Authorization: `Bearer ${key}` } }
  return JSON.stringify({ mcpServers: { taskwire: server } }, null, 2)
}
