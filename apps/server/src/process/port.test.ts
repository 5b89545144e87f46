import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { findPort, listenError, ListenError } from './port.ts'

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

test('a candidate that is in use is passed over, and where all are the system chooses', async () => {
  const used = await findPort('127.0.0.1', 0)
  await listen(used)
  const free = await findPort('127.0.0.1', 0)
  const candidates = [used, used, free]
  expect(await findPort('127.0.0.1', 0, { candidate: () => candidates.shift() ?? 0 })).toBe(free)
  let asked = 0
  const chosen = await findPort('127.0.0.1', 0, { candidate: () => (asked++, used) })
  expect(asked).toBe(10)
  await listen(chosen)
})

test('without the address of the host no port is found', async () => {
  await expect(findPort('192.0.2.1', 0)).rejects.toBeInstanceOf(ListenError)
})

test.each([
  ['EACCES', /this user may not use that port/],
  ['EADDRNOTAVAIL', /HOST is not an address of this machine/],
  ['ENOTFOUND', /HOST is neither an address nor a known host name/],
  ['EAI_AGAIN', /the host name in HOST cannot be resolved/],
])('a listener that fails with %s is told what to change', (code, message) => {
  const cause = Object.assign(new Error(code), { code })
  const error = listenError(cause, 'tasks.example', 80)
  expect(error).toBeInstanceOf(ListenError)
  expect(error).toMatchObject({ message: expect.stringMatching(message), cause })
  expect(error).toMatchObject({ message: expect.stringContaining('cannot listen on tasks.example:80: ') })
})

test('where the metrics cannot be served their variables are named', () => {
  const cause = Object.assign(new Error('x'), { code: 'EADDRINUSE' })
  expect(listenError(cause, '::1', 9000, 'ADMIN_')).toMatchObject({
    message:
      'cannot listen on ::1:9000: the port is in use. Stop the program that uses it, or set ADMIN_PORT to another port',
  })
})

test('another failure of a listener stays as it is', () => {
  const error = Object.assign(new Error('x'), { code: 'EMFILE' })
  expect(listenError(error, '127.0.0.1', 80)).toBe(error)
  expect(listenError('text', '127.0.0.1', 80)).toBe('text')
})
