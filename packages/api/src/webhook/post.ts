import { Agent as HttpAgent, request as httpRequest, type ClientRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isForbiddenUrl } from './address.ts'
import { checkedLookup, FORBIDDEN, ForbiddenAddress, type Resolve } from './lookup.ts'

export interface PosterOptions {
  /** Whether loopback and private addresses are allowed. */
  readonly allowPrivate: boolean
  readonly resolve?: Resolve | undefined
  readonly timeoutMs?: number | undefined
  /** For how long connections are kept that nothing uses, and how many to one receiver. */
  readonly idleMs?: number
  readonly maxIdle?: number
}

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

/** The status of the response, or why there was none. */
export type Outcome = { readonly status: number; readonly retryAfter?: string | undefined } | { readonly error: string }

export interface Poster {
  /** Sends a request and ignores the body of its response. Rejects only when `signal` is aborted. */
  post(post: Post, signal: AbortSignal): Promise<Outcome>
  close(): void
}

const TIMEOUT_MS = 10_000
const IDLE_MS = 5000
const MAX_IDLE = 100
const BODY_BYTES = 64 * 1024

/**
 * An HTTP client for URLs that users decide. Each address is checked when a connection to it is opened, by the lookup of
 * the connection itself: what a name resolved to before, or resolves to later, does not matter. Redirects are not followed.
 */
export function poster({ allowPrivate, resolve, timeoutMs = TIMEOUT_MS, ...idle }: PosterOptions): Poster {
  const lookup = checkedLookup(allowPrivate, resolve)
  const { idleMs = IDLE_MS, maxIdle = MAX_IDLE } = idle
  const options = { keepAlive: true, timeout: idleMs, maxFreeSockets: maxIdle, lookup }
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) }

  async function post({ url: text, headers, body }: Post, signal: AbortSignal): Promise<Outcome> {
    const url = new URL(text)
    // An address in the URL is connected to without a lookup.
    if (isForbiddenUrl(url, allowPrivate)) return { error: FORBIDDEN }
    const timeout = AbortSignal.timeout(timeoutMs)
    const request = { method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(body) } }
    const options = { ...request, signal: AbortSignal.any([signal, timeout]) }
    const send = (agent: HttpAgent | undefined) =>
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, agent: agent ?? agents['https:'] })
        : httpRequest(url, { ...options, agent: agent ?? agents['http:'] })
    try {
      return await responseOf(send, body)
    } catch (error) {
      signal.throwIfAborted()
      return { error: timeout.aborted ? `No response within ${timeoutMs / 1000} s` : reasonOf(error) }
    }
  }

  return {
    post,
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

/** A kept connection may be closed by the receiver just when it is used: then the request is sent once more. */
async function responseOf(send: (agent?: HttpAgent) => ClientRequest, body: Post['body']): Promise<Responded> {
  for (let attempts = 1; ; attempts++) {
    const request = send()
    try {
      return await responseTo(request, body)
    } catch (error) {
      const wasClosed = request.reusedSocket && codeOf(error) === 'ECONNRESET'
      if (!wasClosed || attempts > 3) throw error
    }
  }
}

interface Responded {
  readonly status: number
  readonly retryAfter?: string
}

function responseTo(request: ClientRequest, body: Post['body']): Promise<Responded> {
  return new Promise((resolve, reject) => {
    request.on('error', reject)
    // Without a listener nothing would tell that the receiver asked for another protocol: not even the timeout.
    request.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy()
      resolve({ status: statusCode ?? 0 })
    })
    request.on('response', (response) => {
      let bytes = 0
      const { statusCode: status = 0, headers } = response
      const retryAfter = headers['retry-after']
      const finish = () => resolve({ status, ...(retryAfter !== undefined && { retryAfter }) })
      // From here on the status counts, even if the body never ends or is malformed.
      request.off('error', reject).on('error', finish)
      // Read to its end, so that the connection can be used again, but not for long.
      response.on('data', (chunk: Buffer) => (bytes += chunk.length) > BODY_BYTES && response.destroy())
      response.on('error', finish)
      response.on('close', finish)
    })
    request.end(body)
  })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** Why there was no response, without the address: it may be that of somebody's own network. */
function reasonOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    if (at instanceof ForbiddenAddress) return FORBIDDEN
  }
  const code = codeOf(error) ?? ''
  return (
    reasons[code] ?? (/^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? `The connection failed (${code})` : 'The connection failed')
  )
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host name cannot be resolved',
  ENODATA: 'The host name cannot be resolved',
  ETIMEOUT: 'The host name cannot be resolved in time',
  ECONNREFUSED: 'The connection was refused',
  ECONNRESET: 'The connection was closed before a response',
}
