import { expect, test } from 'vitest'
import { ApiError } from '../errors/api_error.ts'
import {
  assertMayAct,
  authorizeCall,
  enforceRateLimit,
  inputAsMeant,
  logAndPublish,
  recordCaller,
  recordOperation,
  statementObserver,
  withPublicErrors,
} from './call_steps.ts'
import type { CallRecord, Context } from './context.ts'
import { rateLimit } from './rate_limit.ts'
import type { Allowance, Principal, Services } from './services.ts'

const principal: Principal = {
  user_id: 'ann',
  kind: 'api_key',
  scope: 'write',
  actor: 'key:1',
  email: null,
  name: null,
  expires_at: null,
}
const record = (): CallRecord => ({ operations: [], database_ms: 0 })

function context(more: Partial<Context> = {}, services: Partial<Services> = {}) {
  const logged: { details: object; message: string }[] = []
  const note = (details: object, message: string) => void logged.push({ details, message })
  const log = { error: note, warn: note }
  const ctx: Context = { services: { log, ...services } as Services, via: 'rest', request_id: 'r', ...more }
  return { ctx, logged }
}

test('the record of a request names its first ten operations', () => {
  const { ctx } = context({ record: record() })
  for (let n = 0; n < 12; n++) recordOperation(ctx, `task.${n}`)
  expect(ctx.record?.operations).toEqual(Array.from({ length: 10 }, (_, n) => `task.${n}`))
  recordCaller(ctx, principal)
  expect(ctx.record).toMatchObject({ user_id: 'ann', actor: 'key:1' })
})

test('the times of statements are added up, and told to the trace', () => {
  const { ctx } = context({ record: record() })
  const traced: unknown[] = []
  const observe = statementObserver(ctx, { statement: (...told) => void traced.push(told), end: () => {} })
  observe?.(2, 'a')
  observe?.(3, 'b')
  expect(ctx.record?.database_ms).toBe(5)
  expect(traced).toEqual([
    ['a', 2],
    ['b', 3],
  ])
  expect(statementObserver(context().ctx, undefined)).toBeUndefined()
})

test('a call counts towards the limit of its user, which its caller is told', () => {
  const told: Allowance[] = []
  const calls = rateLimit({ limit: 1, clock: () => 0 })
  const { ctx } = context({ onAllowance: (allowance) => void told.push(allowance) }, { calls })
  enforceRateLimit(ctx, principal)
  const refused = () => enforceRateLimit(ctx, principal)
  expect(refused).toThrow(expect.objectContaining({ reason: 'rate_limited', details: { retry_after: 60 } }))
  expect(told.map(({ allowed }) => allowed)).toEqual([true, false])
  enforceRateLimit(ctx, { ...principal, user_id: 'bob' })
})

test.each([{ via: 'chat' as const }, { counted: true }])(
  'a call with %j is part of another, and not counted',
  (more) => {
    const calls = rateLimit({ limit: 0, clock: () => 0 })
    const { ctx } = context(more, { calls })
    enforceRateLimit(ctx, principal)
    expect(() => enforceRateLimit({ ...ctx, via: 'mcp', counted: false }, principal)).toThrow(ApiError)
  },
)

test.each([
  ['write', 'query', undefined],
  ['write', 'mutation', undefined],
  ['read', 'query', undefined],
  ['read', 'subscription', undefined],
  ['read', 'mutation', 'tasks:write'],
  ['none', 'query', 'tasks:read'],
  ['none', 'subscription', 'tasks:read'],
  ['none', 'mutation', 'tasks:write'],
] as const)('the scope %s for a %s lacks %j', (scope, type, required_scope) => {
  const act = (kind: Principal['kind']) => () => assertMayAct(context().ctx, { ...principal, kind, scope }, type)
  if (required_scope === undefined) return expect(act('oauth')).not.toThrow()
  expect(act('oauth')).toThrow(expect.objectContaining({ reason: 'scope_insufficient', details: { required_scope } }))
  expect(act('api_key')).toThrow(expect.objectContaining({ reason: 'scope_insufficient', details: {} }))
})

test('that a caller acts for another user is told before their scope', () => {
  const { ctx } = context({ acting_for: 'bob' })
  const act = () => assertMayAct(ctx, { ...principal, scope: 'read' }, 'mutation')
  expect(act).toThrow(expect.objectContaining({ reason: 'user_mismatch' }))
  assertMayAct({ ...ctx, acting_for: 'ann' }, principal, 'mutation')
})

const tokens = { verify: () => principal }

test('a call that was authorized before its body was read is verified and counted once', async () => {
  const calls = rateLimit({ limit: 1, clock: () => 0 })
  const { ctx } = context({ record: record() }, { calls, tokens })
  const authorized = await authorizeCall(ctx, { name: 'task.create', type: 'mutation' })
  expect(authorized).toMatchObject({ principal, counted: true })
  expect(ctx.record).toMatchObject({ user_id: 'ann', operations: [] })
  await expect(authorizeCall(ctx, { name: 'task.create', type: 'mutation' })).rejects.toMatchObject({
    reason: 'rate_limited',
  })
  // Nobody else would record it.
  expect(ctx.record).toMatchObject({ operations: ['task.create'], code: 'rate_limited' })
})

test('a call that is not authorized is refused before its body is read', async () => {
  const { ctx } = context({ acting_for: 'bob' }, { tokens })
  await expect(authorizeCall(ctx, { name: 'task.create', type: 'mutation' })).rejects.toMatchObject({
    reason: 'user_mismatch',
  })
  const reading = context({}, { tokens: { verify: () => ({ ...principal, scope: 'read' }) } }).ctx
  await expect(authorizeCall(reading, { name: 'task.create', type: 'mutation' })).rejects.toMatchObject({
    reason: 'scope_insufficient',
  })
})

test.each([
  [undefined, {}],
  [{ title: 'x' }, { title: 'x' }],
  [{ cursor: 'c', direction: 'forward' }, { cursor: 'c' }],
  [{ direction: 'backward' }, { direction: 'backward' }],
  [null, null],
  ['forward', 'forward'],
])('the input %j means %j', async (input, meant) => {
  expect(await inputAsMeant(() => Promise.resolve(input))()).toEqual(meant)
})

test('an error of ours is logged with its cause, and one of the caller is not', () => {
  const { ctx, logged } = context({ record: record() })
  const failed = { ctx, operation: 'task.get', signal: undefined }
  expect(logAndPublish(failed, new ApiError('task_not_found')).reason).toBe('task_not_found')
  expect([logged, ctx.record?.code]).toEqual([[], 'task_not_found'])
  const cause = new Error('secret')
  expect(logAndPublish(failed, cause)).toMatchObject({ reason: 'internal_error', message: 'Internal server error' })
  const details = { err: cause, operation: 'task.get', request_id: 'r' }
  expect(logged).toEqual([{ details, message: 'Internal server error' }])
})

test('that a call ended because its client has left is not logged', () => {
  const { ctx, logged } = context()
  logAndPublish({ ctx, operation: 'task.get', signal: AbortSignal.abort() }, new Error('the socket was closed'))
  expect(logged).toEqual([])
})

test('a stream that fails later publishes its error, too', async () => {
  const { ctx, logged } = context()
  async function* failing() {
    yield 1
    throw new Error('secret')
  }
  const values: unknown[] = []
  const read = async () => {
    const call = { ctx, operation: 'change.subscribe', signal: undefined }
    for await (const value of withPublicErrors(call, failing())) values.push(value)
  }
  await expect(read()).rejects.toMatchObject({ reason: 'internal_error' })
  expect([values, logged.length]).toEqual([[1], 1])
})
