import { expect, test } from 'vitest'
import { eventData } from './events.ts'

const text = ': comment\r\nid: 1\r\ndata: {"a":"Käse 🧀"}\r\n\r\ndata: one\ndata:two\n\nevent: ping\n\ndata: cut short'

test.each([1, 2, 3, 5, 1000])('the data of each event is whole in chunks of %d bytes', async (size) => {
  const bytes = new TextEncoder().encode(text)
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size))
      controller.close()
    },
  })
  const events: string[] = []
  for await (const data of eventData(body)) events.push(data)
  expect(events).toEqual(['{"a":"Käse 🧀"}', 'one\ntwo'])
})

test.each([1, 2, 1000])(
  'lines may end by CR alone, and CRLF may be cut in two, in chunks of %d bytes',
  async (size) => {
    const bytes = new TextEncoder().encode('data: a\rdata: b\r\rdata: c\r\n\r\ndata: d\n\n')
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size))
        controller.close()
      },
    })
    const events: string[] = []
    for await (const data of eventData(body)) events.push(data)
    expect(events).toEqual(['a\nb', 'c', 'd'])
  },
)

test('of the blanks after the colon one is not data, and an event may be empty', async () => {
  const body = new Response('data:  two\n\ndata:\n\nid: 1\n\n').body ?? new ReadableStream()
  const events: string[] = []
  for await (const data of eventData(body)) events.push(data)
  expect(events).toEqual([' two', ''])
})
