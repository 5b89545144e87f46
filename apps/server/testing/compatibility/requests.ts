import type { RecordedRequest } from './exchange.ts'

/** A user, and the name of the credential for its requests. */
export interface Caller {
  readonly as: string
  readonly user_id: string
}

export interface RestOptions {
  readonly body?: unknown
  readonly key?: string
  readonly if_match?: string
  readonly accept?: string
}

/** A request to `/api/{user_id}` + path. */
export function rest({ as, user_id }: Caller, call: string, options: RestOptions = {}): RecordedRequest {
  const [method = '', path = ''] = call.split(' ')
  const { body, key, if_match, accept } = options
  const headers = {
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...(if_match === undefined ? {} : { 'if-match': if_match }),
    ...(accept === undefined ? {} : { accept }),
  }
  return { as, method, path: `/api/${encodeURIComponent(user_id)}${path}`, headers, body }
}

export function trpcMutation({ as }: Caller, procedure: string, input: object): RecordedRequest {
  return { as, method: 'POST', path: `/trpc/${procedure}`, body: input }
}

export function trpcQuery({ as }: Caller, procedure: string, input: object): RecordedRequest {
  return { as, method: 'GET', path: `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}` }
}

const PROTOCOL = '2026-07-28'

/** A tool call of the newest protocol revision, which needs no session. */
export function mcpTool({ as }: Caller, name: string, args: object): RecordedRequest {
  const envelope = {
    'io.modelcontextprotocol/protocolVersion': PROTOCOL,
    'io.modelcontextprotocol/clientInfo': { name: 'recorder', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return {
    as,
    method: 'POST',
    path: '/mcp',
    headers: {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': PROTOCOL,
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args, _meta: envelope } },
  }
}
