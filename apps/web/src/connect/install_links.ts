/** An editor that can be told to add an MCP server by a link. */
export interface InstallLink {
  readonly editor: string
  readonly href: string
}

/** The links that add a server to the editors that know such links. */
export function installLinks(url: string): InstallLink[] {
  const config = encodeURIComponent(btoa(JSON.stringify({ url })))
  const server = encodeURIComponent(JSON.stringify({ name: 'taskwire', type: 'http', url }))
  return [
    { editor: 'Cursor', href: `cursor://anysphere.cursor-deeplink/mcp/install?name=taskwire&config=${config}` },
    { editor: 'VS Code', href: `vscode:mcp/install?${server}` },
  ]
}
