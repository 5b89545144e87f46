import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { Change } from '@taskwire/api'
import { signedToken } from '@taskwire/api/testing'
import { unlessLost } from './caller.ts'

/** An event as received. */
export interface ChangeEvent {
  readonly id: number
  readonly change: Change
}

/**
 * The user's events from one connection, until it ends for any reason. It starts as an EventSource does: at the URL's
 * `since=0`, and on later connections, at the same URL, after the last event received.
 */
export async function* eventsAt(url: string, user_id: string, lastEventId = 0): AsyncGenerator<ChangeEvent, void> {
  const authorization = `Bearer ${await signedToken({ sub: user_id })}`
  const resumes = lastEventId === 0 ? {} : { 'last-event-id': String(lastEventId) }
  const outgoing = request(new URL(`/api/${user_id}/events?since=0`, url), {
    headers: { authorization, accept: 'text/event-stream', ...resumes },
  })
  try {
    outgoing.end()
    const [response]: IncomingMessage[] = await once(outgoing, 'response')
    // A lost connection counts against the limit of listeners until the server has noticed the loss.
    if (response === undefined || response.statusCode === 429 || response.statusCode === 503) return
    if (response.statusCode !== 200) throw new Error(`the events responded with status ${response.statusCode}`)
    let open = ''
    for await (const chunk of response.setEncoding('utf8')) {
      const texts = (open + String(chunk)).split('\n\n')
      open = texts.pop() ?? ''
      for (const text of texts) {
        const [, id, data] = /^id: (\d+)\nevent: change\ndata: (.*)$/.exec(text) ?? []
        if (data !== undefined) yield { id: Number(id), change: JSON.parse(data) }
      }
    }
  } catch (error) {
    unlessLost(error)
  } finally {
    outgoing.destroy()
  }
}
