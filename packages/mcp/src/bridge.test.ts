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
