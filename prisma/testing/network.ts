import { Socket } from 'node:net'
import { afterAll, expect } from 'vitest'

// No test may reach beyond this machine, but for the database that TEST_DATABASE_URL names. Whatever tries, in whatever
// library, is refused where all connections begin, and its test file fails.

const database = process.env['TEST_DATABASE_URL']
const near = new Set(['localhost', '::1', ...(database === undefined ? [] : [new URL(database).hostname])])
/** Where this file's tests wanted to go. */
export const outward: string[] = []

// Called with the socket that it is a method of, below.
// oxlint-disable-next-line typescript/unbound-method
const { connect } = Socket.prototype

Socket.prototype.connect = function loopbackOnly(this: Socket, ...args: unknown[]) {
  const host = hostOf(args)
  if (host === undefined || near.has(host) || host.startsWith('127.')) return Reflect.apply(connect, this, args)
  outward.push(host)
  throw new Error(`a test wants to reach ${host}`)
}

/** The host of a connection as `connect` may be told of it; undefined for this machine and for sockets in files. */
function hostOf(args: unknown[]): string | undefined {
  const [first, second] = args.flat()
  if (typeof first === 'object' && first !== null) {
    return 'host' in first && typeof first.host === 'string' ? first.host : undefined
  }
  return typeof second === 'string' ? second : undefined
}

afterAll(() => {
  expect(outward, 'no test reaches beyond this machine').toEqual([])
})
