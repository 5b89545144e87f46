import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from './context.ts'
import { operations } from './operations.ts'
import { apiErrors, type ErrorCode } from '../errors/api_error.ts'
import { appRouter } from '../router.ts'
import { taskOutput } from '../task/schema.ts'
import { newUser, apiErrorOf, signedToken, testServices } from '../../testing/services.ts'

const readOnlyKey = 'tw_read-only'
const reader = newUser()
const api = await testServices({
  apiKey: async (key) =>
    key === readOnlyKey
      ? { user_id: reader, kind: 'api_key', scope: 'read', actor: null, email: null, name: null, expires_at: null }
      : 'api_key_invalid',
})
afterAll(api.close)

const { db } = api.services
const all = operations(appRouter)
const names = all.map(({ name }) => name)

/** The ids of a user's data, which a stranger might guess. */
interface Property {
  readonly user_id: string
  readonly task_id: number
  readonly conversation_id: number
  readonly seq: number
  readonly webhook_id: number
  readonly feed_id: number
  readonly delivery_id: number
}

const REMIND_AT = '2090-01-01T08:00:00.000Z'

/**
 * For every operation, a call by which a stranger tries to reach another user's data, and its outcome: an error, or
 * a result that contains nothing of the owner. A new operation fails this file until it has a line here.
 */
const reaches: Record<string, { input: (of: Property) => object; outcome: ErrorCode | 'succeeds' }> = {
  'task.list': { input: () => ({ search: 'secret' }), outcome: 'succeeds' },
  'task.counts': { input: () => ({}), outcome: 'succeeds' },
  'task.batch': {
    input: ({ task_id }) => ({
      operations: [
        { do: 'create', title: 'mine' },
        { do: 'update', task_id, title: 'stolen' },
      ],
      idempotency_key: 'secret-key',
    }),
    outcome: 'task_not_found',
  },
  'task.get': { input: ({ task_id }) => ({ task_id }), outcome: 'task_not_found' },
  'task.history': { input: ({ task_id }) => ({ task_id }), outcome: 'task_not_found' },
  'task.create': { input: () => ({ title: 'mine', idempotency_key: 'secret-key' }), outcome: 'succeeds' },
  'task.quick_add': { input: () => ({ text: 'mine', idempotency_key: 'secret-key' }), outcome: 'succeeds' },
  'task.update': { input: ({ task_id }) => ({ task_id, title: 'stolen' }), outcome: 'task_not_found' },
  'task.toggle': { input: ({ task_id }) => ({ task_id }), outcome: 'task_not_found' },
  'task.complete': { input: ({ task_id }) => ({ task_id, if_version: 1 }), outcome: 'task_not_found' },
  'task.reopen': { input: ({ task_id }) => ({ task_id, if_version: 99 }), outcome: 'task_not_found' },
  'task.check': {
    input: ({ task_id }) => ({ task_id, item_id: 'secret', done: true }),
    outcome: 'task_not_found',
  },
  'task.skip': { input: ({ task_id }) => ({ task_id }), outcome: 'task_not_found' },
  'task.move': { input: ({ task_id }) => ({ task_id, to: 'first' }), outcome: 'task_not_found' },
  'task.delete': { input: ({ task_id }) => ({ task_id, idempotency_key: 'secret-key' }), outcome: 'task_not_found' },
  'task.empty_trash': { input: () => ({}), outcome: 'succeeds' },
  'change.list': { input: () => ({ since: 0 }), outcome: 'succeeds' },
  'change.undo': { input: ({ seq }) => ({ seq }), outcome: 'change_not_found' },
  'change.subscribe': { input: ({ seq }) => ({ since: seq }), outcome: 'changes_expired' },
  'chat.send': {
    input: ({ conversation_id }) => ({ conversation_id, message: 'What is my secret?' }),
    outcome: 'conversation_not_found',
  },
  'chat.stream': {
    input: ({ conversation_id }) => ({ conversation_id, message: 'What is my secret?' }),
    outcome: 'conversation_not_found',
  },
  'conversation.list': { input: () => ({}), outcome: 'succeeds' },
  'conversation.messages': { input: ({ conversation_id }) => ({ conversation_id }), outcome: 'conversation_not_found' },
  'conversation.delete': { input: ({ conversation_id }) => ({ conversation_id }), outcome: 'conversation_not_found' },
  'feed.list': { input: () => ({}), outcome: 'succeeds' },
  'feed.create': { input: () => ({}), outcome: 'succeeds' },
  'feed.delete': { input: ({ feed_id }) => ({ feed_id }), outcome: 'not_found' },
  'transfer.export': { input: () => ({ format: 'json' }), outcome: 'succeeds' },
  'transfer.import': {
    input: () => ({ source: 'csv', file: 'title\nmine', idempotency_key: 'secret-key' }),
    outcome: 'succeeds',
  },
  'viewer.get': { input: () => ({}), outcome: 'succeeds' },
  'viewer.settings': { input: () => ({}), outcome: 'succeeds' },
  'viewer.update': { input: () => ({ remind_time: '10:00' }), outcome: 'succeeds' },
  'webhook.list': { input: () => ({}), outcome: 'succeeds' },
  'webhook.get': { input: ({ webhook_id }) => ({ webhook_id }), outcome: 'webhook_not_found' },
  'webhook.create': { input: () => ({ url: 'https://example.com/mine' }), outcome: 'succeeds' },
  'webhook.update': { input: ({ webhook_id }) => ({ webhook_id, enabled: false }), outcome: 'webhook_not_found' },
  'webhook.delete': { input: ({ webhook_id }) => ({ webhook_id }), outcome: 'webhook_not_found' },
  'webhook.test': { input: ({ webhook_id }) => ({ webhook_id }), outcome: 'webhook_not_found' },
  'webhook.rotate': { input: ({ webhook_id }) => ({ webhook_id }), outcome: 'webhook_not_found' },
  'webhook.deliveries': { input: ({ webhook_id }) => ({ webhook_id }), outcome: 'webhook_not_found' },
  'webhook.redeliver': {
    input: ({ webhook_id, delivery_id }) => ({ webhook_id, delivery_id }),
    outcome: 'webhook_not_found',
  },
  'reminder.list': { input: () => ({}), outcome: 'succeeds' },
  'reminder.update': {
    input: ({ task_id }) => ({ task_id, remind_at: REMIND_AT, seen: true }),
    outcome: 'item_not_found',
  },
}
const table = all.map((operation) => ({ name: operation.name, operation, reach: reaches[operation.name] }))

async function ownerWithProperty(): Promise<Property> {
  const user_id = newUser()
  const { task: tasks, webhook, reminder, feed } = api.caller(user_id)
  const { id: feed_id } = await feed.create({})
  const task = await tasks.create({
    title: 'secret plan',
    reminders: [REMIND_AT.slice(0, 16)],
    idempotency_key: 'secret-key',
  })
  await reminder.list({})
  const { id: webhook_id } = await webhook.create({ url: 'https://example.com/secret' })
  const { id: delivery_id } = await webhook.test({ webhook_id })
  const { id } = await db.conversation.create({ data: { user_id, title: 'secret talk' } })
  await db.message.create({ data: { user_id, conversation_id: id, role: 'user', content: 'a secret' } })
  return { user_id, task_id: task.id, conversation_id: id, seq: 1, webhook_id, delivery_id, feed_id }
}

/** Everything that is stored about a user. */
async function stored(user_id: string) {
  const where = { user_id }
  return Promise.all([
    db.task.findMany({ where, orderBy: { id: 'asc' } }),
    db.change.findMany({ where, orderBy: { seq: 'asc' } }),
    db.changeCounter.findMany({ where }),
    db.conversation.findMany({ where, orderBy: { id: 'asc' } }),
    db.message.findMany({ where, orderBy: { id: 'asc' } }),
    db.calendarFeed.findMany({ where, orderBy: { id: 'asc' } }),
    db.webhook.findMany({ where, orderBy: { id: 'asc' } }),
    db.webhookDelivery.findMany({ where, orderBy: { id: 'asc' } }),
    db.reminder.findMany({ where, orderBy: { remind_at: 'asc' } }),
    db.reminderMail.findMany({ where }),
  ])
}

test('the table has a line for every operation, and no others', () => {
  expect(Object.keys(reaches).toSorted(), 'the operations in `reaches` of this file').toEqual(names.toSorted())
})

test('every operation has a summary, and no two share a route or a tool', () => {
  for (const { name, summary } of all) expect([name, summary]).toEqual([name, expect.stringMatching(/^[A-Z].{5,}/)])
  const routes = all.flatMap(({ rest }) => rest?.methods.map((method) => `${method} ${rest.path}`) ?? [])
  const tools = all.flatMap(({ tool }) => tool?.name ?? [])
  for (const list of [routes, tools]) expect(new Set(list).size).toBe(list.length)
})

test('every input is strict', () => {
  for (const { name, input } of all) {
    const parsed = input.safeParse({ unheard_of: true })
    const codes = parsed.error?.issues.map(({ code }) => code) ?? []
    expect([name, codes.includes('unrecognized_keys')]).toEqual([name, true])
  }
})

describe('ownership', () => {
  test.each(table)("$name does not reach another user's data", async ({ name, operation, reach }) => {
    if (reach === undefined) throw new Error(`add a line for ${name} to \`reaches\` in this file`)
    const owner = await ownerWithProperty()
    const before = await stored(owner.user_id)
    const call = operation.run(await api.context(newUser()), reach.input(owner))
    if (reach.outcome === 'succeeds') expect(JSON.stringify(await call)).not.toMatch(/secret(?!":)/)
    else expect(await apiErrorOf(call)).toMatchObject({ reason: reach.outcome })
    expect(await stored(owner.user_id)).toStrictEqual(before)
  })

  test.each(table)(
    "$name gives the same result for another user's data as for data that does not exist",
    async ({ operation, reach }) => {
      if (reach === undefined || reach.outcome === 'succeeds') return
      const owner = await ownerWithProperty()
      const nowhere = {
        ...owner,
        task_id: 2_000_000_000,
        conversation_id: 2_000_000_000,
        seq: 2_000_000_000,
        webhook_id: 2_000_000_000,
        feed_id: 2_000_000_000,
      }
      const answers: object[] = []
      for (const of of [owner, nowhere]) {
        const { reason, message, details } = await apiErrorOf(
          operation.run(await api.context(newUser()), reach.input(of)),
        )
        answers.push({ reason, message, details })
      }
      expect(answers[0]).toStrictEqual(answers[1])
    },
  )

  test.each(table)(
    '$name rejects a caller that acts for another user, before it validates the input',
    async ({ operation, reach }) => {
      const owner = await ownerWithProperty()
      for (const input of [reach?.input(owner), { unheard_of: true }, undefined]) {
        const context = await api.context(newUser(), { acting_for: owner.user_id })
        expect(await apiErrorOf(operation.run(context, input))).toMatchObject({
          reason: 'user_mismatch',
          status: 403,
          message: 'Forbidden: User ID mismatch',
        })
      }
    },
  )
})

describe('authentication', () => {
  const hour = 3600
  const now = Math.floor(Date.now() / 1000)
  let tokens: [string, string | undefined, ErrorCode][] = []

  beforeAll(async () => {
    const { privateKey } = await generateKeyPair('EdDSA')
    const valid = await signedToken({ sub: 'somebody' })
    tokens = [
      ['no token', undefined, 'not_authenticated'],
      ['an empty token', '', 'not_authenticated'],
      ['no JWT', 'garbage', 'token_malformed'],
      ['a tampered token', `${valid.slice(0, -4)}AAAA`, 'token_signature_invalid'],
      ['a token of another secret', await signedToken({ sub: 'a' }, new Uint8Array(32)), 'token_signature_invalid'],
      ['an expired token', await signedToken({ sub: 'a', exp: now - 10 }), 'token_expired'],
      ['a token for later', await signedToken({ sub: 'a', nbf: now + hour }), 'token_not_yet_valid'],
      ['a token without expiry', await signedToken({ sub: 'a', exp: undefined }), 'token_expiry_missing'],
      ['a token without subject', await signedToken({}), 'token_subject_invalid'],
      [
        'a token of an unknown issuer',
        await new SignJWT({ sub: 'a', exp: now + hour, iss: 'https://evil.example' })
          .setProtectedHeader({ alg: 'EdDSA' })
          .sign(privateKey),
        'token_issuer_mismatch',
      ],
      ['a session token', 'a'.repeat(32), 'session_token'],
      ['an unknown API key', 'tw_nobody', 'api_key_invalid'],
    ]
  })

  test.each(table)('$name requires a valid token, before it validates the input', async ({ name, operation }) => {
    for (const [which, token, reason] of tokens) {
      for (const input of [{ unheard_of: true }, undefined]) {
        const context: Context = { ...(await api.context('nobody')), token, acting_for: 'nobody' }
        const error = await apiErrorOf(operation.run(context, input))
        expect([name, which, error.reason, error.status]).toEqual([name, which, reason, 401])
        const detail = reason === 'not_authenticated' ? 'Not authenticated' : 'Invalid token'
        expect(error.message).toBe(detail)
      }
    }
  })

  test.each(table)('$name rejects a read-only key if and only if it writes', async ({ operation, reach }) => {
    const owner = await ownerWithProperty()
    const context = await api.context(reader, { token: readOnlyKey })
    const outcome = await operation.run(context, reach?.input({ ...owner, seq: 0 })).then(
      () => 'succeeds',
      (error: unknown) => (error instanceof Object && 'reason' in error ? error.reason : error),
    )
    if (operation.type === 'mutation') {
      expect(outcome).toBe('scope_insufficient')
      const invalid = await apiErrorOf(operation.run(context, { unheard_of: true }))
      expect(invalid).toMatchObject({ reason: 'scope_insufficient', message: 'Forbidden: read-only key' })
    } else {
      expect(outcome).not.toBe('scope_insufficient')
    }
  })
})

test('exactly the REST operations that return one task send an ETag', () => {
  for (const { name, rest, output } of all) {
    if (rest === undefined) continue
    const isTask = (rest.dryRun?.written ?? output) === taskOutput && rest.status !== 204
    expect([name, rest.etag === true]).toEqual([name, isTask])
  }
})

test('every error code has a status and a message', () => {
  for (const [code, { status, detail }] of Object.entries(apiErrors)) {
    expect([code, status >= 400 && status < 600, detail.length > 5]).toEqual([code, true, true])
  }
})

test('errors about the token are 401 or scope_insufficient, and no error about the input is retryable', () => {
  const codes = Object.entries(apiErrors)
  const aboutToken = codes.filter(([, { about }]) => about === 'token').map(([code]) => code)
  const unauthorized = codes.filter(([, { status }]) => status === 401).map(([code]) => code)
  expect(aboutToken.toSorted()).toEqual([...unauthorized, 'scope_insufficient'].toSorted())
  const safe = codes.filter(([, { retry }]) => retry === 'safe').map(([code]) => code)
  expect(safe).toEqual(['in_progress', 'overloaded', 'database_unavailable'])
  for (const [code, { retry, about }] of codes) {
    if (about === 'input') expect([code, retry]).toEqual([code, 'never'])
  }
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
