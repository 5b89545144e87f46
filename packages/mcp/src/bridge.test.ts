import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createBridge } from './bridge.ts'

type RequestListener = (request: IncomingMessage, response: ServerResponse) => void

/** A bridge to a server that answers so, and what it writes to its client. */
async function bridgeTo(answer: RequestListener) {
  const server = createServer((request, response) => {
    request.resume()
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const written: unknown[] = []
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  return { written, bridge: createBridge({ url, key: 'key', write: (line) => void written.push(JSON.parse(line)) }) }
}

const call = (id: number) =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'list_tasks' } })
const cancellation = (requestId: number) =>
  JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } })

test('a request that the client cancels is closed, and nothing is written for it', async () => {
  let [calls, isClosed] = [0, false]
  const { bridge, written } = await bridgeTo((_request, response) => {
    if (++calls > 1) return void response.writeHead(202).end()
    response.on('close', () => (isClosed = true))
  })
  bridge.receive(call(7))
  await expect.poll(() => calls).toBe(1)
  // What is cancelled is the request of that id, and no other.
  bridge.receive(cancellation(8))
  await expect.poll(() => calls).toBe(2)
  expect(isClosed).toBe(false)
  bridge.receive(cancellation(7))
  await expect.poll(() => isClosed).toBe(true)
  await bridge.idle()
  expect(written).toEqual([])
})

test('text that arrives in pieces of a byte is whole', async () => {
  const message = { jsonrpc: '2.0', id: 1, result: { text: 'Käse für 5 €, 🧀' } }
  const { bridge, written } = await bridgeTo((_request, response) => {
    response.setHeader('content-type', 'text/event-stream')
    sendInPieces(response, Buffer.from(`data: ${JSON.stringify(message)}\r\n\r\n`))
  })
  bridge.receive(call(1))
  await bridge.idle()
  expect(written).toEqual([message])
})

function sendInPieces(response: ServerResponse, bytes: Buffer): void {
  if (bytes.length === 0) return void response.end()
  response.write(bytes.subarray(0, 1), () => setImmediate(sendInPieces, response, bytes.subarray(1)))
}

test.each([
  [401, 'TASKWIRE_API_KEY is not accepted'],
  [404, 'There is no Taskwire at'],
  [500, 'The server answered with status 500'],
  [200, 'The server sent no answer'],
])('a response with status %d and without an answer is an error that says why', async (status, message) => {
  const { bridge, written } = await bridgeTo((_request, response) => void response.writeHead(status).end())
  bridge.receive(call(1))
  await bridge.idle()
  expect(written).toMatchObject([{ id: 1, error: { message: expect.stringContaining(message) } }])
})

const text = async (request: IncomingMessage) => {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
  return body
}

/** A bridge to a server that keeps what it gets, and answers every request by its id. */
async function recordingBridge(result: object = {}) {
  const requests: { headers: IncomingMessage['headers']; body: string; method: string | undefined }[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      requests.push({ headers: request.headers, body, method: request.method })
      const { id } = JSON.parse(body)
      if (id === undefined) return void response.writeHead(202).end()
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  const written: unknown[] = []
  return {
    requests,
    written,
    bridge: createBridge({ url, key: 'key', write: (line) => void written.push(JSON.parse(line)) }),
  }
}

test('a line is sent as it is, with the key and what it accepts', async () => {
  const { bridge, requests, written } = await recordingBridge()
  bridge.receive(` ${call(1)} `)
  await bridge.idle()
  expect(requests).toMatchObject([
    {
      method: 'POST',
      body: ` ${call(1)} `,
      headers: {
        accept: 'application/json, text/event-stream',
        authorization: 'Bearer key',
        'content-type': 'application/json',
      },
    },
  ])
  expect(written).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }])
})

test('the version that initialize agreed on goes with what follows, and no other answer sets it', async () => {
  const { bridge, requests } = await recordingBridge({ protocolVersion: '2025-06-18' })
  bridge.receive(call(1))
  await bridge.idle()
  bridge.receive(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'initialize', params: {} }))
  await bridge.idle()
  bridge.receive(call(3))
  await bridge.idle()
  const versions = requests.map(({ headers }) => headers['mcp-protocol-version'])
  expect(versions).toEqual([undefined, undefined, '2025-06-18'])
})

test('empty lines are passed over, and a line that is no message is answered at once', async () => {
  const { bridge, requests, written } = await recordingBridge()
  bridge.receive('  ')
  bridge.receive('{')
  await bridge.idle()
  expect(requests).toEqual([])
  expect(written).toMatchObject([{ id: null, error: { code: -32_700 } }])
})

test('a notification is passed on, and nothing is written for it, also where it fails', async () => {
  const { bridge, requests, written } = await recordingBridge()
  bridge.receive(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }))
  await bridge.idle()
  expect(requests).toHaveLength(1)
  const broken = createBridge({ url: 'http://127.0.0.1:1/mcp', key: 'key', write: (line) => void written.push(line) })
  broken.receive(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }))
  await broken.idle()
  expect(written).toEqual([])
})

test('a server that cannot be reached is an error of the request that says where it was looked for', async () => {
  const written: unknown[] = []
  const bridge = createBridge({
    url: 'http://127.0.0.1:1/mcp',
    key: 'secret',
    write: (line) => void written.push(JSON.parse(line)),
  })
  bridge.receive(call(5))
  await bridge.idle()
  const message = expect.stringContaining('http://127.0.0.1:1/mcp cannot be reached: ')
  expect(written).toMatchObject([{ id: 5, error: { code: -32_000, message } }])
  expect(JSON.stringify(written)).not.toContain('secret')
})

test('questions of the server on the way are passed on, and are not taken for the answer', async () => {
  const { bridge, written } = await bridgeTo((_request, response) => {
    response.setHeader('content-type', 'text/event-stream')
    const question = { jsonrpc: '2.0', id: 1, method: 'ping' }
    response.end(`data: ${JSON.stringify(question)}\n\ndata: {"no":"message"}\n\ndata: text\n\n`)
  })
  bridge.receive(call(1))
  await bridge.idle()
  expect(written).toMatchObject([
    { id: 1, method: 'ping' },
    { id: 1, error: { message: 'The server sent no answer' } },
  ])
})

test('an id may be used again once its request is over, and an old cancellation concerns none', async () => {
  const { bridge, written } = await recordingBridge()
  bridge.receive(call(1))
  await bridge.idle()
  bridge.receive(cancellation(1))
  bridge.receive(call(1))
  await bridge.idle()
  expect(written).toHaveLength(2)
  expect(written).toEqual([expect.objectContaining({ result: {} }), expect.objectContaining({ result: {} })])
})
