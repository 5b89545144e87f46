import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Change } from '@taskwire/api'
import { signedToken } from '@taskwire/api/testing'
import type { Answer, Send, Sent } from '../server.ts'

const agent = new Agent({ keepAlive: true })

/** Sends to a server over HTTP, as this user; rejects where the connection is lost before the answer has come. */
export async function callerAt(url: string, user_id: string): Promise<Send> {
  const authorization = `Bearer ${await signedToken({ sub: user_id })}`
  const send = sendTo(url)
  return (method, path, sent) => send(method, path, { ...sent, headers: { authorization, ...sent?.headers } })
}

/** The same as nobody in particular. */
export function sendTo(url: string): Send {
  return (method, path, sent) => exchange(new URL(path, url), method, sent)
}

/** Sends again until there is an answer: after a lost connection, and where the server asks to come back. */
export function persistent(send: Send, onRepeat: () => void = () => {}): Send {
  return async (method, path, sent) => {
    for (let tries = 1; ; tries++) {
      const answer = await send(method, path, sent).catch(unlessLost)
      if (answer !== undefined && answer.status !== 429 && answer.status !== 503) return answer
      onRepeat()
      // A server that starts is not to be kept from it by those who ask whether it is there.
      await sleep(Math.min(5 * tries, 50))
    }
  }
}

/** Throws what is no loss of a connection. */
export function unlessLost(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && LOST.has(String(error.code))) return
  throw error
}
const LOST = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])

/** A user's whole log, page by page. */
export async function logOf(send: Send, user_id: string): Promise<Change[]> {
  const changes: Change[] = []
  for (let more = true, since = 0; more;) {
    const { json } = await send('GET', `/api/${user_id}/changes?since=${since}&limit=200`)
    changes.push(...json.changes)
    more = json.has_more
    since = json.next
  }
  return changes
}

function exchange(url: URL, method: string, { headers, body }: Sent = {}): Promise<Answer> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const about = payload === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, method, headers: { ...about, ...headers } })
    asked.once('error', reject)
    asked.once('response', (answer) => {
      text(answer).then((said) => {
        const isJson = answer.headers['content-type']?.startsWith('application/json') === true && said !== ''
        resolve({
          status: answer.statusCode ?? 0,
          headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])),
          text: said,
          json: isJson ? JSON.parse(said) : undefined,
        })
      }, reject)
    })
    asked.end(payload)
  })
}
