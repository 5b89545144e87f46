import { expect, test } from 'vitest'
import { parsedLsn, standbyProblem } from './wal_position.ts'

test('positions are compared as numbers of 64 bits', () => {
  expect(parsedLsn('0/FFFFFFFF') + 1n).toBe(parsedLsn('1/0'))
  expect(parsedLsn('FFFFFFFF/FFFFFFFF')).toBe(2n ** 64n - 1n)
  expect(parsedLsn('A/10') > parsedLsn('9/F0000000')).toBe(true)
})

const primary = { history: 'started 00000002', lsn: 5n, cluster: '1', timeline: 2 }
const standby = { instance: 'started', is_standby: true, cluster: '1', timeline: 2, replayed: 5n }

test('a standby of the same cluster and timeline answers reads', () => {
  expect(standbyProblem(standby, primary)).toBeUndefined()
})

test.each([
  [{ cluster: '2' }, 'another cluster'],
  [{ is_standby: false }, 'no standby'],
  [{ timeline: 1 }, 'timeline 1 and the primary 2'],
])('one with %o answers none', (difference, why) => {
  expect(standbyProblem({ ...standby, ...difference }, primary)).toContain(why)
})
