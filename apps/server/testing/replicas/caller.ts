import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Change } from '@taskwire/api'
import { signedToken } from '@taskwire/api/testing'
import type { RequestOptions, Send, TestResponse } from '../server.ts'

const agent = new Agent({ keepAlive: true })

/** Sends requests over HTTP as this user. A request rejects if its connection is lost before the whole response arrives. */
export async function callerAt(url: string, user_id: string): Promise<Send> {
  const authorization = `Bearer ${await signedToken({ sub: user_id })}`
  const send = sendTo(url)
  return (method, path, sent) => send(method, path, { ...sent, headers: { authorization, ...sent?.headers } })
}

/** Sends requests over HTTP without a token. */
export function sendTo(url: string): Send {
  return (method, path, sent) => exchange(new URL(path, url), method, sent)
}

/** Retries each request until it gets a response: after a lost connection, and after 429 and 503. */
export function persistent(send: Send, onRetry: () => void = () => {}): Send {
  return async (method, path, sent) => {
    for (let attempt = 1; ; attempt++) {
      const response = await send(method, path, sent).catch(unlessLost)
      if (response !== undefined && response.status !== 429 && response.status !== 503) return response
      onRetry()
      // The pause leaves a starting server the CPU time that it needs.
      await sleep(Math.min(5 * attempt, 50))
    }
  }
}

/** Ignores a lost connection and throws any other error. */
export function unlessLost(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && LOST.has(String(error.code))) return
  throw error
}
const LOST = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])

/** A user's whole log, page by page. */
export async function logOf(send: Send, user_id: string): Promise<Change[]> {
  const changes: Change[] = []
  const caller = persistent(send)
  for (let more = true, since = 0; more;) {
    const { json } = await caller('GET', `/api/${user_id}/changes?since=${since}&limit=200`)
    changes.push(...json.changes)
    more = json.has_more
    since = json.next
  }
  return changes
}

function exchange(url: URL, method: string, { headers, body }: RequestOptions = {}): Promise<TestResponse> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const about = payload === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, method, headers: { ...about, ...headers } })
    outgoing.once('error', reject)
    outgoing.once('response', (response) => {
      text(response).then((body) => {
        const isJson = response.headers['content-type']?.startsWith('application/json') === true && body !== ''
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
          text: body,
          json: isJson ? JSON.parse(body) : undefined,
        })
      }, reject)
    })
    outgoing.end(payload)
  })
}
