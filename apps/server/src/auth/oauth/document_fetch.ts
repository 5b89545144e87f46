import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { isForbiddenUrl } from '@taskwire/api/address'
import { checkedLookup, FORBIDDEN } from '@taskwire/api/lookup'
import { limitedText, type FetchClientDocument } from './client_document.ts'

interface DocumentFetchOptions {
  /** Default: asks the DNS, and fails where any of the addresses is not public. */
  readonly lookup?: LookupFunction
  /** The certificate of an authority to trust. Default: those that Node trusts. */
  readonly ca?: string | undefined
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 5000

/**
 * Fetches what a URL of a stranger leads to, over HTTPS and from public addresses only. Redirects are not followed. Time
 * and size are bounded up to the end of the body; then the connection is closed.
 *
 * The plugin's own transport fails at every name on Node 20 and newer: its lookup returns one address where Node asks for a
 * list. It also occupies the threads that verify passwords.
 */
export function documentFetch(options: DocumentFetchOptions = {}): FetchClientDocument {
  const { lookup = checkedLookup(false), ca, timeoutMs = TIMEOUT_MS } = options
  return async (input, init) => {
    const asked = new Request(input, init)
    const url = new URL(asked.url)
    // An address in the URL is connected to without a lookup.
    if (url.protocol !== 'https:' || isForbiddenUrl(url, false)) throw new TypeError(FORBIDDEN)
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = AbortSignal.any([timeout, ...(init?.signal ? [init.signal] : [])])
    const headers = Object.fromEntries(asked.headers)
    const request = httpsRequest(url, { agent: false, headers, lookup, ca, signal })
    try {
      const response = await responseTo(request)
      const { statusCode: status = 0, headersDistinct } = response
      // Only a document is read: of a redirect or an error the status is enough.
      const body = status === 200 ? await limitedText(response) : null
      return new Response(body, { status, headers: webHeaders(headersDistinct) })
    } finally {
      request.destroy()
    }
  }
}

function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
    // After an offer of another protocol there is neither a response nor an error.
    request.on('close', () => reject(new TypeError('The connection was closed')))
    request.end()
  })
}

function webHeaders(received: IncomingMessage['headersDistinct']): Headers {
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(received)) for (const value of values) headers.append(name, value)
  return headers
}
