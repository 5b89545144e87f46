import { join } from 'node:path'
import { installed, root } from './index.ts'

// Programs of others that connect to MCP servers, or judge them, at the versions that docs/connect.md names.

const versions = {
  'mcp-remote': '0.15.1',
  '@modelcontextprotocol/inspector': '2.12.0',
  '@anthropic-ai/mcpb': '2.1.2',
  '@modelcontextprotocol/conformance': '0.2.0-alpha.12',
} as const

const folder = join(root, 'node_modules/.cache/agent-tools')

/** Installs them from the registry, where that was not done before: about 200 MB. */
export default async function installAgentTools(): Promise<void> {
  await installed(
    folder,
    Object.entries(versions).map(([name, version]) => `${name}@${version}`),
  )
}

const program = (path: string) => join(folder, 'node_modules', path)

/** The programs, to be run with Node. */
export const programs = {
  mcpRemote: program('mcp-remote/dist/proxy.js'),
  mcpb: program('@anthropic-ai/mcpb/dist/cli/cli.js'),
  inspector: program('@modelcontextprotocol/inspector/clients/launcher/build/index.js'),
  conformance: program('@modelcontextprotocol/conformance/dist/index.js'),
}
