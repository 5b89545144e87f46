import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { findPort, ListenError } from './port.ts'

function listen(port: number): Promise<void> {
  const server = createServer()
  onTestFinished(() => void server.close())
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
}

test('a port that was found is free, and the next one is another', async () => {
  const ports = [await findPort('127.0.0.1', 0), await findPort('127.0.0.1', 0)]
  for (const port of ports) await listen(port)
  expect(new Set(ports).size).toBe(2)
})

test.runIf(process.platform === 'linux')('Linux gives the port that was found to nobody else', async () => {
  const given = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
  const [first = 0] = given.split('\t').map(Number)
  for (let round = 0; round < 20; round++) {
    const port = await findPort('127.0.0.1', 0)
    expect(port).toBeGreaterThan(1023)
    expect(port).toBeLessThan(Math.max(first, 32_000))
  }
})

test('a port in use is said to be', async () => {
  const port = await findPort('127.0.0.1', 0)
  await listen(port)
  await expect(findPort('127.0.0.1', port)).rejects.toThrow(/^cannot listen on 127\.0\.0\.1:\d+: the port is in use/)
})

test('without the address of the host no port is found', async () => {
  await expect(findPort('192.0.2.1', 0)).rejects.toBeInstanceOf(ListenError)
})
