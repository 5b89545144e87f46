import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { handleClientError } from './socket_error.ts'

/** What a client gets where its connection fails with this code, and the server's end of the connection. */
async function failed(code: string | undefined) {
  const server = createServer({ allowHalfOpen: true })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // This client never ends its side by itself.
  const { port } = server.address() as AddressInfo
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  client.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  client.on('error', () => {})
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  const [socket] = (await once(server, 'connection')) as [Socket]
  handleClientError(Object.assign(new Error('failed'), code === undefined ? {} : { code }), socket)
  await expect.poll(() => socket.destroyed).toBe(true)
  await expect.poll(() => client.readableEnded || client.destroyed).toBe(true)
  return text
}

test.each([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large', 'headers_too_large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout', 'validation_failed'],
  ['HPE_INVALID_METHOD', '400 Bad Request', 'validation_failed'],
  [undefined, '400 Bad Request', 'validation_failed'],
])('%s is %s, and the connection ends without waiting for its client', async (failure, line, code) => {
  const answer = await failed(failure)
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  expect(head.split('\r\n')).toEqual([
    `HTTP/1.1 ${line}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    expect.stringMatching(/^x-request-id: [\w-]{36}$/),
    'connection: close',
  ])
  expect(JSON.parse(body)).toMatchObject({ code, request_id: /x-request-id: (\S+)/.exec(head)?.[1] })
})

test('a client that reset its connection gets nothing', async () => {
  expect(await failed('ECONNRESET')).toBe('')
})
