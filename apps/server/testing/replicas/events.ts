import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import type { Change } from '@taskwire/api'
import { signedToken } from '@taskwire/api/testing'
import { unlessLost } from './caller.ts'

/** An event as it came over the wire. */
export interface ChangeEvent {
  readonly id: number
  readonly change: Change
}

/**
 * The user's events from one connection, until that ends in whatever way. It begins as an EventSource does: at the URL's
 * `since=0`, and later, at the same URL, behind the last event that was seen.
 */
export async function* eventsAt(url: string, user_id: string, lastEventId = 0): AsyncGenerator<ChangeEvent, void> {
  const authorization = `Bearer ${await signedToken({ sub: user_id })}`
  const resumes = lastEventId === 0 ? {} : { 'last-event-id': String(lastEventId) }
  const asked = request(new URL(`/api/${user_id}/events?since=0`, url), {
    headers: { authorization, accept: 'text/event-stream', ...resumes },
  })
  try {
    asked.end()
    const [answer]: IncomingMessage[] = await once(asked, 'response')
    // A place is taken until the server has noticed that its listener was cut off.
    if (answer === undefined || answer.statusCode === 429 || answer.statusCode === 503) return
    if (answer.statusCode !== 200) throw new Error(`events were refused with ${answer.statusCode}`)
    let open = ''
    for await (const chunk of answer.setEncoding('utf8')) {
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
    asked.destroy()
  }
}
