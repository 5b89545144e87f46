import { isRecord, type Message } from './message.ts'

const VERSION_IN_META = 'io.modelcontextprotocol/protocolVersion'

/** The field of `params` that the header `Mcp-Name` repeats (SEP-2243). */
const NAMES: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
}

/**
 * The headers that say of a message what it contains. From protocol 2026-07-28 on they follow from the message, before that
 * from the version that `initialize` agreed on.
 */
export function messageHeaders({ method, params }: Message, agreedVersion: string | undefined): Record<string, string> {
  const meta = params?.['_meta']
  const version = isRecord(meta) ? meta[VERSION_IN_META] : undefined
  if (typeof version !== 'string' || method === undefined) {
    return agreedVersion === undefined ? {} : { 'mcp-protocol-version': agreedVersion }
  }
  const name = params?.[NAMES[method] ?? '']
  return {
    'mcp-protocol-version': version,
    'mcp-method': method,
    ...(typeof name === 'string' && { 'mcp-name': headerValue(name) }),
  }
}

/** A header cannot hold every text: SEP-2243 names the form for the others. */
function headerValue(text: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?base64?')
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`
}
