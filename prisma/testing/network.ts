import { Socket } from 'node:net'
import { afterAll, expect } from 'vitest'

// Tests may not connect to other machines, except to the database that TEST_DATABASE_URL names. Any attempt, from any
// library, fails at the socket, and the test file fails.

const database = process.env['TEST_DATABASE_URL']
const near = new Set(['localhost', '::1', ...(database === undefined ? [] : [new URL(database).hostname])])
/** The hosts that this file's tests tried to reach. */
export const outward: string[] = []

// Called below with its socket as `this`.
// oxlint-disable-next-line typescript/unbound-method
const { connect } = Socket.prototype

Socket.prototype.connect = function loopbackOnly(this: Socket, ...args: unknown[]) {
  const host = hostOf(args)
  if (host === undefined || near.has(host) || host.startsWith('127.')) return Reflect.apply(connect, this, args)
  outward.push(host)
  throw new Error(`a test tried to reach ${host}`)
}

/** The host in the arguments of `connect`; undefined for this machine and for Unix sockets. */
function hostOf(args: unknown[]): string | undefined {
  const [first, second] = args.flat()
  if (typeof first === 'object' && first !== null) {
    return 'host' in first && typeof first.host === 'string' ? first.host : undefined
  }
  return typeof second === 'string' ? second : undefined
}

afterAll(() => {
  // Another file of the same process begins anew.
  Socket.prototype.connect = connect
  expect(outward, 'no test connects to another machine').toEqual([])
})
