import { expect, test } from 'vitest'
import { type ServerSentEvent, serverSentEvents } from './sse.ts'

/** The events of a text, however it is cut into chunks. */
async function eventsOf(text: string, chunk: number) {
  const bytes = new TextEncoder().encode(text)
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += chunk) controller.enqueue(bytes.subarray(at, at + chunk))
      controller.close()
    },
  })
  const events: ServerSentEvent[] = []
  for await (const event of serverSentEvents(body)) events.push(event)
  return events
}

const text = [
  ': a comment\n\n',
  'event: connected\ndata: {}\n\n\n',
  'data: first\rdata:  second 🦆\rid: 7\r\r',
  'retry: 250\r\n\r\n',
  'event: ping\r\ndata: \r\n\r\n',
  'unknown: field\ndata\nid: with\0nul\n\n',
  'data: cut off\nid: 8',
].join('')

test.each([1, 2, 3, 7, 1000])('the parser separates events in chunks of %d bytes', async (chunk) => {
  expect(await eventsOf(text, chunk)).toEqual([
    { event: 'connected', data: '{}', id: undefined, retry: undefined },
    { event: 'message', data: 'first\n second 🦆', id: '7', retry: undefined },
    { event: 'message', data: '', id: undefined, retry: 250 },
    { event: 'ping', data: '', id: undefined, retry: undefined },
    { event: 'message', data: '', id: undefined, retry: undefined },
  ])
})

test('a reader that leaves after the first event ends the body', async () => {
  let reason: unknown
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('data: one\n\n')),
    cancel: () => {
      reason = 'cancelled'
    },
  })
  for await (const { data } of serverSentEvents(body)) {
    expect(data).toBe('one')
    break
  }
  expect(reason).toBe('cancelled')
})
