import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { outward } from './network.ts'

test('a connection to this machine is allowed, and one to another machine fails', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(connect(port, '127.0.0.1'), 'connect')
  server.close()
  expect(() => connect(443, 'example.com')).toThrow('a test tried to reach example.com')
  await expect(fetch('https://example.com/')).rejects.toMatchObject({
    cause: { message: 'a test tried to reach example.com' },
  })
  expect(outward.splice(0)).toEqual(['example.com', 'example.com'])
})
