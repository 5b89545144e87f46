import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'
import { ConnectionError, databaseErrorCode, statementError } from './error_code.ts'

const named = (code: string) => Object.assign(new Error('what Node says'), { code })

test.each([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'ENOENT',
])('%s of a socket is that of a database which cannot be reached', (code) => {
  const error = named(code)
  expect(statementError(error)).toMatchObject({ name: 'ConnectionError', code, message: error.message, cause: error })
})

test.each([
  ['timeout exceeded when trying to connect', 'POOL_TIMEOUT'],
  ['Query read timeout', 'QUERY_TIMEOUT'],
  ['Connection terminated', 'CONNECTION_LOST'],
  ['Connection terminated unexpectedly', 'CONNECTION_LOST'],
  ['Connection terminated due to connection timeout', 'CONNECT_TIMEOUT'],
  ['timeout expired', 'CONNECT_TIMEOUT'],
  ['Client was closed and is not queryable', 'CONNECTION_LOST'],
  ['Client has encountered a connection error and is not queryable', 'CONNECTION_LOST'],
])('"%s" of the driver is %s', (message, code) => {
  expect(statementError(new Error(message))).toMatchObject({ name: 'ConnectionError', code })
})

test('what PostgreSQL reports, what has its class already, and any other error stay as they are', () => {
  const reported = Object.assign(new DatabaseError('Query read timeout', 1, 'error'), { code: '23505' })
  const errors = [
    reported,
    new ConnectionError('POOL_TIMEOUT', 'too many'),
    named('EACCES'),
    new TypeError('x'),
    'text',
  ]
  for (const error of errors) expect(statementError(error)).toBe(error)
})

test('the code is that of PostgreSQL, of the connection, or of what Prisma passes on', () => {
  expect(databaseErrorCode(Object.assign(new DatabaseError('', 1, 'error'), { code: '53100' }))).toBe('53100')
  expect(databaseErrorCode(new ConnectionError('NO_SERVER', ''))).toBe('NO_SERVER')
  const ofPrisma = (more: object) => Object.assign(new Error(''), { clientVersion: '7' }, more)
  const told = (cause: object) => ({ code: 'P2010', meta: { driverAdapterError: { cause } } })
  expect(databaseErrorCode(ofPrisma(told({ originalCode: '40001', kind: 'TransactionWriteConflict' })))).toBe('40001')
  expect(databaseErrorCode(ofPrisma(told({ kind: 'DatabaseNotReachable' })))).toBe('DatabaseNotReachable')
  expect(databaseErrorCode(ofPrisma({ code: 'P2024' }))).toBe('P2024')
  expect(databaseErrorCode(ofPrisma({ errorCode: 'P1001' }))).toBe('P1001')
  expect(databaseErrorCode(ofPrisma({ message: 'Connection terminated' }))).toBe('CONNECTION_LOST')
  const adapter = Object.assign(new Error('', { cause: { originalCode: '57014' } }), { name: 'DriverAdapterError' })
  expect(databaseErrorCode(adapter)).toBe('57014')
})

test('an error of anything else has none, whatever its code or text', () => {
  for (const error of [named('ECONNREFUSED'), new Error('Connection terminated'), undefined, null, 'text'])
    expect(databaseErrorCode(error)).toBeUndefined()
})
