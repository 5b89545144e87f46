import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { fastify } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { sendEvents, STREAM_TIMES, type ServerEvent, type StreamTimes } from './event_stream.ts'

const DAY_MS = 86_400_000
const open = [] as { close: () => Promise<unknown> }[]
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())))

/** A client of a stream of these events that has received nothing yet, and whether the events were ended. */
async function streamOf(events: () => AsyncGenerator<ServerEvent>, times: Partial<StreamTimes>) {
  const stream: { ended: boolean; sent: number; response?: ServerResponse } = { ended: false, sent: 0 }
  async function* watched() {
    try {
      for await (const event of events()) {
        stream.sent++
        yield event
      }
    } finally {
      stream.ended = true
    }
  }
  const server = fastify({ forceCloseConnections: true })
  server.get('/', (_request, reply) => {
    stream.response = reply.raw
    return sendEvents(reply.header('x-set-before', 'yes'), watched(), {
      heartbeatMs: DAY_MS,
      stalledMs: DAY_MS,
      ...times,
    })
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  open.push(server)
  const { port } = server.server.address() as AddressInfo
  const client = connect(port, '127.0.0.1', () => client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'))
  // The server may reset the connection.
  client.on('error', () => {})
  open.push({ close: async () => client.destroy() })
  return { stream, client }
}

/** Yields nothing until the test is over. */
async function* silence(): AsyncGenerator<ServerEvent> {
  await new Promise<void>((resolve) => open.push({ close: async () => resolve() }))
  yield* []
}

async function* endless(): AsyncGenerator<ServerEvent> {
  for (;;) yield { event: 'change', data: 'x'.repeat(10_000) }
}

async function received(client: Socket, part: string): Promise<string> {
  let text = ''
  for await (const chunk of client) {
    text += String(chunk)
    if (text.includes(part)) break
  }
  return text
}

test('a stream without events sends heartbeats, so that nobody takes it for lost', async () => {
  const { client } = await streamOf(silence, { heartbeatMs: 5 })
  const text = await received(client, ':\n\n')
  expect(text).toContain('retry: 1000\n\n')
})

test('a client that receives nothing is disconnected, and its events end', async () => {
  const { client, stream } = await streamOf(endless, { stalledMs: 20 })
  client.pause()
  await expect.poll(() => stream.ended).toBe(true)
})

test('to a client that does not read, no more is sent than its connection takes', async () => {
  const { client, stream } = await streamOf(endless, {})
  client.pause()
  await expect.poll(() => stream.sent).toBeGreaterThan(1)
  let before = -1
  await expect
    .poll(() => [before, (before = stream.sent)].every((sent) => sent === stream.sent), { interval: 200 })
    .toBe(true)
  expect(stream.ended).toBe(false)
  client.destroy()
  await expect.poll(() => stream.ended).toBe(true)
})

test('events that end, end the connection after a time to come back', async () => {
  async function* two(): AsyncGenerator<ServerEvent> {
    yield { id: '1', event: 'change', data: { seq: 1 } }
    yield { event: 'ping', data: null }
  }
  const { client } = await streamOf(two, {})
  const text = await received(client, '0\r\n\r\n')
  expect(text).toContain('id: 1\nevent: change\ndata: {"seq":1}\n\n')
  expect(text).toContain('event: ping\ndata: null\n\n')
  expect(text).toMatch(/retry: 1\d{3}\n\n\r\n0\r\n\r\n$/)
})

test('a stream that fails cuts the connection, so that its client comes back', async () => {
  async function* failing(): AsyncGenerator<ServerEvent> {
    yield { event: 'change', data: 1 }
    throw new Error('the log cannot be read')
  }
  const { client } = await streamOf(failing, {})
  client.resume()
  await once(client, 'close')
  expect(client.destroyed).toBe(true)
})

test('a stream beats every 15 seconds, and a client has missed four of them when it is disconnected', () => {
  expect(STREAM_TIMES).toEqual({ heartbeatMs: 15_000, stalledMs: 4 * 15_000 })
})

test('a client that does not read is sent no heartbeat, which would only wait', async () => {
  const { client, stream } = await streamOf(endless, { heartbeatMs: 1 })
  client.pause()
  await expect.poll(() => stream.response?.writableNeedDrain).toBe(true)
  const before = stream.response?.writableLength
  let ticks = 0
  const ticking = setInterval(() => ticks++, 1)
  await expect.poll(() => ticks).toBeGreaterThan(20)
  clearInterval(ticking)
  expect(stream.response?.writableLength).toBe(before)
})

test('waiting for a client adds no listeners to its connection', async () => {
  const { client, stream } = await streamOf(endless, {})
  client.resume()
  await expect.poll(() => stream.sent).toBeGreaterThan(200)
  const { response } = stream
  expect(['close', 'drain', 'error'].map((event) => (response?.listenerCount(event) ?? 0) < 10)).toEqual([
    true,
    true,
    true,
  ])
})

test('events end at the next one after their client left', async () => {
  const next: (() => void)[] = []
  async function* one(): AsyncGenerator<ServerEvent> {
    for (let seq = 1; ; seq++) {
      yield { event: 'change', data: seq }
      await new Promise<void>((resolve) => next.push(resolve))
    }
  }
  const { client, stream } = await streamOf(one, {})
  await received(client, 'data: 1')
  client.destroy()
  await expect.poll(() => stream.response?.destroyed).toBe(true)
  await expect.poll(() => next.length).toBe(1)
  next[0]?.()
  await expect.poll(() => stream.ended).toBe(true)
  expect(stream.sent).toBe(2)
})

test('a stream is kept by no cache and held up by no proxy, and keeps the headers that were set before', async () => {
  async function* none(): AsyncGenerator<ServerEvent> {
    yield* []
  }
  const { client } = await streamOf(none, {})
  const text = await received(client, '0\r\n\r\n')
  expect(text).toMatch(/\r\ncontent-type: text\/event-stream; charset=utf-8\r\n/)
  expect(text).toMatch(/\r\ncache-control: no-store\r\n/)
  expect(text).toMatch(/\r\nx-accel-buffering: no\r\n/)
  expect(text).toMatch(/\r\nx-set-before: yes\r\n/)
})
