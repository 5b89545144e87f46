import { afterAll, beforeEach, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'
import * as statements from './sql.ts'

const api = await testServices()
afterAll(api.close)
const { db, sql } = api.services

const HOUR = 3_600_000
let user_id: string
let conversation: statements.LeasedConversation
beforeEach(async () => {
  user_id = newUser()
  conversation = { user_id, conversation_id: await begun(user_id, 'first'), holder: 'holder' }
})

/** A conversation that was begun by a message with a key, and whose lease lasts for so long. */
async function begun(owner: string, key: string, leaseMs = HOUR): Promise<number> {
  const message = { content: 'Hi', key, request: 'request' }
  const lease = { holder: 'holder', leaseMs }
  const [row] = await sql<{ conversation_id: number }>(statements.conversationInsert(owner, 'Hi', message, lease))
  return row?.conversation_id ?? 0
}

const others = (): statements.LeasedConversation[] => [
  { ...conversation, holder: 'another' },
  { ...conversation, user_id: newUser() },
]
const leaseOf = async ({ conversation_id: id }: statements.LeasedConversation) =>
  db.conversation.findFirstOrThrow({ where: { user_id, id }, select: { lease_holder: true, lease_until: true } })
const expire = () => db.conversation.updateMany({ where: { user_id }, data: { lease_until: new Date(0) } })

test('a lease is renewed and released by its holder alone', async () => {
  const before = await leaseOf(conversation)
  for (const other of others()) {
    expect(await sql(statements.leaseRenew(other, 2 * HOUR))).toEqual([])
    expect(await sql(statements.leaseRelease(other))).toEqual([])
  }
  expect(await leaseOf(conversation)).toEqual(before)
  expect(await sql(statements.leaseRenew(conversation, 2 * HOUR))).toHaveLength(1)
  const { lease_until } = await leaseOf(conversation)
  expect(Number(lease_until) - Number(before.lease_until)).toBeGreaterThanOrEqual(HOUR)
  expect(await sql(statements.leaseRelease(conversation))).toHaveLength(1)
  expect(await leaseOf(conversation)).toEqual({ lease_holder: null, lease_until: null })
})

test('a lease is for nobody else until it is released or has expired', async () => {
  const [another = conversation, stranger = conversation] = others()
  expect(await sql(statements.leaseAcquire(another, HOUR))).toEqual([])
  await expire()
  expect(await sql(statements.leaseAcquire(stranger, HOUR))).toEqual([])
  expect(await sql(statements.leaseAcquire(another, HOUR))).toHaveLength(1)
  expect((await leaseOf(conversation)).lease_holder).toBe('another')
  await sql(statements.leaseRelease(another))
  expect(await sql(statements.leaseAcquire(conversation, HOUR))).toHaveLength(1)
})

test('of a conversation that goes on the change is new: it is the latest in the list', async () => {
  await expire()
  await db.conversation.updateMany({ where: { user_id }, data: { updated_at: new Date(0) } })
  await sql(statements.leaseAcquire(conversation, HOUR))
  const { updated_at } = await db.conversation.findFirstOrThrow({ where: { user_id } })
  expect(Number(updated_at)).toBeGreaterThan(0)
})

test('a message is stored for the holder of the lease alone', async () => {
  const message = { content: 'More', key: null, request: null }
  for (const other of others()) expect(await sql(statements.messageInsert(other, message))).toEqual([])
  expect(await db.message.count({ where: { user_id } })).toBe(1)
  expect(await sql(statements.messageInsert(conversation, message))).toHaveLength(1)
  expect(await db.message.count({ where: { user_id } })).toBe(2)
})

test('a key finds the message of its own user, and who is answering it for as long as the lease lasts', async () => {
  const found = () => sql<statements.KeyedMessage>(statements.messageByKey(user_id, 'first'))
  expect(await sql(statements.messageByKey(newUser(), 'first'))).toEqual([])
  expect(await found()).toMatchObject([{ holder: 'holder', response: null }])
  await expire()
  expect(await found()).toMatchObject([{ holder: null, response: null }])
})

test.each([
  ['failed', null],
  ['incomplete', 'Answer'],
  ['done', 'Answer'],
] as const)('a repeat of a message whose answer is %s gets %j', async (status, response) => {
  const [prompt] = await sql<statements.KeyedMessage>(statements.messageByKey(user_id, 'first'))
  const answer = {
    answers: prompt?.id ?? 0,
    content: 'Answer',
    tool_calls: '[]',
    status,
    model: null,
    usage: undefined,
  }
  expect(await sql(statements.answerInsert(conversation, answer))).toHaveLength(1)
  expect(await sql(statements.messageByKey(user_id, 'first'))).toMatchObject([{ response }])
  expect((await leaseOf(conversation)).lease_holder).toBeNull()
})

test('the messages before one are those of the conversation and its user, the newest first', async () => {
  const add = (content: string) =>
    sql<{ id: number }>(statements.messageInsert(conversation, { content, key: null, request: null }))
  await add('Second')
  await begun(user_id, 'other conversation')
  const [third] = await add('Third')
  const before = (of: statements.LeasedConversation, limit: number) =>
    sql<statements.MessageRow>(statements.messagesBefore(of, third?.id ?? 0, limit))
  expect((await before(conversation, 10)).map(({ content }) => content)).toEqual(['Second', 'Hi'])
  expect((await before(conversation, 1)).map(({ content }) => content)).toEqual(['Second'])
  expect(await before({ ...conversation, user_id: newUser() }, 10)).toEqual([])
})
