import type { ClientMetadataResourceFetch } from '@better-auth/oauth-provider'

export type FetchClientDocument = ClientMetadataResourceFetch

/** The plugin takes documents of 5 KB and sets of keys. */
const MAX_BYTES = 64 * 1024

/**
 * Lets a client whose document names several ways to authenticate use the one that this server's metadata names too: none.
 * ChatGPT's names signed assertions as its preference, and all methods that it can use in a field of their own (MCP
 * SEP-3149). The plugin reads the preference only, and would refuse the method that ChatGPT picks.
 */
export function withSharedMethod(fetchDocument: FetchClientDocument): FetchClientDocument {
  return async (input, init) => {
    const response = await fetchDocument(input, init)
    if (response.status !== 200 || response.redirected) return response
    const { status, headers: received } = response
    const headers = new Headers(received)
    headers.delete('content-length')
    return new Response(withPublicMethod(await limitedText(response.body ?? [])), { status, headers })
  }
}

function withPublicMethod(text: string): string {
  const document = parsed(text)
  const { token_endpoint_auth_methods_supported: methods } = {
    token_endpoint_auth_methods_supported: undefined,
    ...Object(document),
  }
  if (!Array.isArray(methods) || !methods.includes('none')) return text
  return JSON.stringify({ ...Object(document), token_endpoint_auth_method: 'none' })
}

/** What is no JSON is left to the plugin, which says so. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The text of a body, which is not read beyond the limit. */
export async function limitedText(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.byteLength
    if (length > MAX_BYTES) throw new TypeError('The document is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
