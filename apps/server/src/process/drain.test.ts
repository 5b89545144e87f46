import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testServer, type TestServer } from '../../testing/server.ts'
import { endRequests } from './drain.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

/** A client in a thread of its own: asks once, and again on the same connection as soon as `shared[0]` is 1. */
const CLIENT = `
  const { connect } = require('node:net')
  const { parentPort, workerData } = require('node:worker_threads')
  const { port, shared } = workerData
  const socket = connect(port, '127.0.0.1')
  const request = 'GET /health HTTP/1.1\\r\\nHost: taskwire\\r\\n\\r\\n'
  let received = ''
  let asked = 1
  socket.setEncoding('utf8').on('data', (text) => {
    received += text
    if (!received.endsWith('}')) return
    parentPort.postMessage(received)
    if (asked++ === 1) askAgain()
  })
  socket.on('error', ({ code }) => parentPort.postMessage(code))
  socket.write(request)
  function askAgain() {
    received = ''
    Atomics.wait(shared, 0, 0)
    socket.write(request, () => {
      Atomics.store(shared, 1, 1)
      Atomics.notify(shared, 1)
    })
  }`

test('a request that arrives while the process is busy is answered before its idle connection is closed', async () => {
  const url = new URL(await server.listen())
  const shared = new Int32Array(new SharedArrayBuffer(12))
  const client = new Worker(CLIENT, { eval: true, workerData: { port: Number(url.port), shared } })
  const [first] = await once(client, 'message')
  expect(first).toContain('HTTP/1.1 200')
  expect(first).not.toContain('connection: close')
  server.app.stopping = true
  server.app.isAccepting = () => false
  const ending = endRequests(server.app, server.fixture.services)
  ending.catch(() => {})
  Atomics.store(shared, 0, 1)
  Atomics.notify(shared, 0)
  // This thread stands still until the request has been sent and idle connections are due to be closed.
  Atomics.wait(shared, 1, 0, 60_000)
  Atomics.wait(shared, 2, 0, 1000)
  const [second] = await once(client, 'message')
  expect(second).toContain('HTTP/1.1 200')
  expect(second).toContain('connection: close')
  await ending
  await client.terminate()
})
