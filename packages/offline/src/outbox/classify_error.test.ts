import { apiErrors, TaskwireError } from '@taskwire/client'
import { expect, test } from 'vitest'
import { taskWith } from '../../testing/tasks.ts'
import { classifyError } from './classify_error.ts'

type Reason = ConstructorParameters<typeof TaskwireError>[0]

function kindOf(error: unknown): { kind: string; signedOut: boolean } {
  let signedOut = false
  const { kind } = classifyError(error, () => {
    signedOut = true
  })
  return { kind, signedOut }
}

function published(matches: (error: (typeof apiErrors)[keyof typeof apiErrors]) => boolean): Reason[] {
  return (Object.keys(apiErrors) as (keyof typeof apiErrors)[]).filter((reason) => matches(apiErrors[reason]))
}

test.each<Reason>(['unreachable', 'aborted', 'token_unavailable', 'unexpected'])(
  '%s keeps the write: the server has not answered',
  (reason) => {
    expect(kindOf(new TaskwireError(reason))).toEqual({ kind: 'retry', signedOut: false })
  },
)

test.each(published(({ status }) => status === 401))('%s keeps the write and asks to sign in again', (reason) => {
  expect(kindOf(new TaskwireError(reason))).toEqual({ kind: 'retry', signedOut: true })
})

test.each(published(({ retry, about }) => retry !== 'never' && about !== 'token'))(
  '%s keeps the write: a repeat can help',
  (reason) => {
    expect(kindOf(new TaskwireError(reason))).toEqual({ kind: 'retry', signedOut: false })
  },
)

test.each(published(({ retry, status }) => retry === 'never' && status !== 401))(
  '%s rejects the write: a repeat cannot help',
  (reason) => {
    expect(kindOf(new TaskwireError(reason))).toEqual({ kind: 'rejected', signedOut: false })
  },
)

test('an error that is not of the client keeps the write', () => {
  expect(kindOf(new Error('unforeseen'))).toEqual({ kind: 'retry', signedOut: false })
})

test('a retry waits as long as the server says', () => {
  const error = new TaskwireError('overloaded', { retryAfter: 7 })
  expect(classifyError(error, () => {})).toMatchObject({ kind: 'retry', ms: 7000 })
})

test.each<[Reason, boolean]>([
  ['unreachable', true],
  ['overloaded', true],
  ['rate_limited', false],
  ['token_unavailable', false],
  ['token_expired', false],
])('after %s the write may have arrived: %s', (reason, mayHaveArrived) => {
  expect(classifyError(new TaskwireError(reason), () => {})).toMatchObject({ kind: 'retry', mayHaveArrived })
})

test('a retry waits three seconds where the server names none, and ten times that for a new sign-in', () => {
  const ms = (error: unknown) => classifyError(error, () => {})
  expect(ms(new Error('unforeseen'))).toEqual({ kind: 'retry', ms: 3000, mayHaveArrived: true })
  expect(ms(new TaskwireError('overloaded'))).toMatchObject({ ms: 3000 })
  expect(ms(new TaskwireError('overloaded', { retryAfter: 0 }))).toMatchObject({ ms: 3000 })
  expect(ms(new TaskwireError('token_expired'))).toMatchObject({ ms: 30_000 })
})

test('a stale version is a conflict with the current task, and without it a rejection', () => {
  const current = taskWith({ version: 4 })
  const data = { code: 'PRECONDITION_FAILED', httpStatus: 412, reason: 'version_mismatch' } as const
  const stale = (more: object) =>
    new TaskwireError('version_mismatch', { shape: { message: 'changed', code: -32012, data: { ...data, ...more } } })
  expect(classifyError(stale({ current }), () => {})).toEqual({ kind: 'conflict', current })
  expect(classifyError(stale({}), () => {})).toMatchObject({ kind: 'rejected' })
})

test('an answer that only a newer server knows is final', () => {
  const data = { code: 'BAD_REQUEST', httpStatus: 400, reason: 'of_a_newer_server' } as never
  const error = new TaskwireError('of_a_newer_server' as never, { shape: { message: 'no', code: -32600, data } })
  expect(classifyError(error, () => {})).toEqual({ kind: 'rejected', error })
})
