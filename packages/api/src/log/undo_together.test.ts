import { afterAll, describe, expect, test } from 'vitest'
import { newUser, apiErrorOf, testServices } from '../../testing/services.ts'
import type { Context } from '../core/context.ts'

const api = await testServices()
afterAll(api.close)

function someone(user_id = newUser(), overrides: Partial<Context> = {}) {
  const { task, change } = api.caller(user_id, overrides)
  return {
    user_id,
    task,
    change,
    titles: async () => (await task.list({ limit: 200 })).items.map(({ title }) => title),
    log: async () => (await change.list({ since: 0, limit: 200 })).changes,
  }
}

async function withTasks(count: number, overrides: Partial<Context> = {}) {
  const user = someone(undefined, overrides)
  const { results } = await user.task.batch({
    operations: Array.from({ length: count }, (_, n) => ({ do: 'create' as const, title: `t${n}` })),
  })
  return { ...user, ids: results.flatMap((each) => ('task' in each ? [each.task.id] : [])) }
}

const rent = { title: 'Rent', due_date: '2099-01-01', recurrence: { rule: 'FREQ=MONTHLY' } }

describe('undoing a range of changes', () => {
  test('takes all of them back, the latest first, in one transaction', async () => {
    const { task, change, titles, log } = someone()
    const { id: task_id } = await task.create({ title: 'Milk' })
    await task.update({ task_id, title: 'Oat milk' })
    await task.create({ title: 'Bread' })
    await task.complete({ task_id })
    await task.move({ task_id, to: 'last' })
    await task.delete({ task_id })
    const answer = await change.undo({ seq: 2, through: 6 })
    expect(answer).toMatchObject({ first_seq: 7, last_seq: 11 })
    const made = (await log()).slice(6)
    expect(answer).toMatchObject({ changes: made })
    expect(made.map(({ undoes, batch }) => [undoes, batch])).toEqual([6, 5, 4, 3, 2].map((seq) => [seq, 7]))
    expect(await titles()).toEqual(['Milk'])
    expect(await task.get({ task_id })).toMatchObject({ completed: false, version: 9 })
  })

  test('can be undone itself', async () => {
    const { change, titles, ids } = await withTasks(3)
    const before = await titles()
    await change.undo({ seq: 1, through: 3 })
    expect(await titles()).toEqual([])
    await change.undo({ seq: 4, through: 6 })
    expect(await titles()).toEqual(before)
    expect(ids.length).toBe(3)
  })

  test('changes nothing where one task was changed since', async () => {
    const { user_id, task, change, titles, ids } = await withTasks(3)
    await task.update({ task_id: ids[0] ?? 0, title: 'changed' })
    const before = await api.services.db.change.count({ where: { user_id } })
    expect(await apiErrorOf(change.undo({ seq: 1, through: 3 }))).toMatchObject({
      reason: 'undo_conflict',
      status: 409,
    })
    expect(await titles()).toEqual(['t2', 't1', 'changed'])
    expect(await api.services.db.change.count({ where: { user_id } })).toBe(before)
    expect(await change.undo({ seq: 2, through: 4 })).toMatchObject({ first_seq: 5, last_seq: 7 })
    expect(await titles()).toEqual(['t0'])
  })

  test('takes the next task of a series back with the completion, also where the range has only one of the two', async () => {
    for (const [seq, through] of [
      [2, 3],
      [2, 2],
      [3, 3],
    ] as const) {
      const { task, change, log } = someone()
      const { id } = await task.create(rent)
      await task.complete({ task_id: id })
      expect(await change.undo({ seq, through })).toMatchObject({ first_seq: 4, last_seq: 5 })
      expect(await task.list({})).toMatchObject({ items: [{ id, completed: false, series_id: id }] })
      expect((await log()).slice(3)).toMatchObject([
        { undoes: 3, kind: 'deleted' },
        { undoes: 2, kind: 'reopened', part_of: 4 },
      ])
    }
  })

  test('with a key is executed once, and a repeat gets the same answer', async () => {
    const { user_id, change, titles, task } = await withTasks(3)
    const input = { seq: 1, through: 3, idempotency_key: 'key' }
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => (n % 2 ? change : api.replica().caller(user_id).change).undo(input)),
    )
    await task.create({ title: 'later' })
    answers.push(await change.undo(input))
    for (const answer of answers) expect(answer).toStrictEqual(answers[0])
    expect(await titles()).toEqual(['later'])
    expect(await apiErrorOf(change.undo({ ...input, through: 2 }))).toMatchObject({ reason: 'idempotency_key_reused' })
  })

  test.each([
    [{ seq: 2, through: 1 }, 'validation_failed'],
    [{ seq: 1, through: 4 }, 'change_not_found'],
    [{ seq: 4, through: 9 }, 'change_not_found'],
    [{ seq: 1, through: 1_000_000 }, 'change_not_found'],
    [{ seq: 1, through: 3_000_000_000 }, 'change_not_found'],
    [{ seq: 1, through: 2, if_version: 1 }, 'validation_failed'],
    [{ through: 2 }, 'validation_failed'],
  ] as const)('%o fails with %s', async (input, reason) => {
    const { change, titles } = await withTasks(3)
    expect(await apiErrorOf(change.undo(input))).toMatchObject({ reason })
    expect((await titles()).length).toBe(3)
  })

  test('may have 200 changes that were made one by one, and no more', async () => {
    const { user_id, change } = await withTasks(1)
    await api.services.db.$executeRaw`INSERT INTO taskwire.task (user_id, title)
      SELECT ${user_id}, 'one of many' FROM generate_series(1, 200)`
    expect((await apiErrorOf(change.undo({ seq: 1, through: 201 }))).reason).toBe('validation_failed')
    expect(await change.undo({ seq: 2, through: 201 })).toMatchObject({ first_seq: 202, last_seq: 401 })
  })

  test('has at most 200 changes, unless they are those of one batch', async () => {
    const { user_id, change, titles } = await withTasks(100)
    const { db } = api.services
    await db.$executeRaw`INSERT INTO taskwire.task (user_id, title, changed_batch)
      SELECT ${user_id}, 'import', 101 FROM generate_series(1, 300)`
    expect(await apiErrorOf(change.undo({ seq: 100, through: 300 }))).toMatchObject({
      reason: 'validation_failed',
      details: { fields: [{ loc: ['through'] }] },
    })
    expect(await change.undo({ seq: 101, through: 400 })).toMatchObject({ first_seq: 401, last_seq: 700 })
    expect((await titles()).length).toBe(100)
    expect(await change.undo({ seq: 401, through: 700 })).toMatchObject({ first_seq: 701, last_seq: 1000 })
    expect((await titles()).length).toBe(200)
    // That another user has so many changes is not for anybody else to know.
    expect(await apiErrorOf(someone().change.undo({ seq: 1, through: 300 }))).toMatchObject({
      reason: 'change_not_found',
    })
  })
})

describe('undo without a seq', () => {
  const agent = (user_id?: string) => someone(user_id, { via: 'mcp' })

  test('takes back all that one call did, over MCP', async () => {
    const { user_id, task, change, titles } = await withTasks(3, { via: 'mcp' })
    await someone(user_id).task.create({ title: 'by hand' })
    await task.batch({
      operations: (await task.list({})).items.slice(1).map(({ id }) => ({ do: 'delete', task_id: id })),
    })
    expect(await titles()).toEqual(['by hand'])
    expect(await change.undo({})).toMatchObject({ changes: [{ undoes: 7 }, { undoes: 6 }, { undoes: 5 }] })
    expect(await titles()).toEqual(['by hand', 't2', 't1', 't0'])
    expect(await change.undo({})).toMatchObject({ first_seq: 11, last_seq: 13 })
    expect(await titles()).toEqual(['by hand'])
    expect(await apiErrorOf(change.undo({}))).toMatchObject({ reason: 'change_not_found' })
  })

  test('leaves out what was undone by its seq before', async () => {
    const { change, titles } = await withTasks(3, { via: 'mcp' })
    await change.undo({ seq: 2 })
    expect(await change.undo({})).toMatchObject({ changes: [{ undoes: 3 }, { undoes: 1 }] })
    expect(await titles()).toEqual([])
  })

  test('passes over changes that had no effect', async () => {
    const { task, change } = agent()
    const { id: task_id } = await task.create({ title: 'a' })
    await task.complete({ task_id })
    await task.complete({ task_id })
    await task.update({ task_id, title: 'a' })
    expect(await change.undo({})).toMatchObject({ undoes: 2, kind: 'reopened' })
  })

  test('knows only the changes of the same author', async () => {
    const user_id = newUser()
    const own = agent(user_id)
    const { principal } = {
      principal: {
        user_id,
        kind: 'api_key',
        scope: 'write',
        actor: 'key:1',
        email: null,
        name: null,
        expires_at: null,
      },
    } as const
    const other = someone(user_id, { via: 'mcp', principal })
    await own.task.create({ title: 'own' })
    await other.task.create({ title: 'other' })
    expect(await own.change.undo({})).toMatchObject({ undoes: 1 })
    expect(await apiErrorOf(own.change.undo({}))).toMatchObject({ reason: 'change_not_found' })
    expect(await other.change.undo({})).toMatchObject({ undoes: 2 })
  })

  test('takes back all that one message of a conversation did', async () => {
    const { db } = api.services
    const user_id = newUser()
    const { id: conversation_id } = await db.conversation.create({ data: { user_id, title: 'x' } })
    const { task, change, titles } = someone(user_id, { via: 'chat', conversation_id })
    await task.create({ title: 'a' })
    await task.create({ title: 'b' })
    await someone(user_id).task.create({ title: 'by hand' })
    await task.create({ title: 'c' })
    // One change a second; the messages come half a second before the first, the second and the undo.
    const second = (at: number) => new Date(Date.parse('2026-11-21T12:00:00Z') + at * 1000)
    await db.$executeRaw`UPDATE taskwire.change SET created_at = ${second(0)}::timestamptz + seq * interval '1 second'
      WHERE user_id = ${user_id}`
    for (const at of [0.5, 1.5, 4.5]) {
      const said = { user_id, conversation_id, role: 'user', content: 'x', created_at: second(at) }
      await db.message.create({ data: said })
    }
    expect(await change.undo({})).toMatchObject({ changes: [{ undoes: 4 }, { undoes: 2 }] })
    expect(await titles()).toEqual(['by hand', 'a'])
    expect(await change.undo({})).toMatchObject({ undoes: 1 })
    expect(await apiErrorOf(change.undo({}))).toMatchObject({ reason: 'change_not_found' })
  })

  test('takes back one call after the other where no message is stored, however soon they followed', async () => {
    const user_id = newUser()
    const { task, change, titles } = someone(user_id, { via: 'chat', conversation_id: 1 })
    await task.create({ title: 'a' })
    await task.create({ title: 'b' })
    await api.services.db.$executeRaw`UPDATE taskwire.change SET created_at = ${new Date()} WHERE user_id = ${user_id}`
    expect(await change.undo({})).toMatchObject({ undoes: 2 })
    expect(await titles()).toEqual(['a'])
  })

  test('with a key gets the same answer again', async () => {
    const { change, titles } = await withTasks(3, { via: 'mcp' })
    const first = await change.undo({ idempotency_key: 'k' })
    expect(await change.undo({ idempotency_key: 'k' })).toStrictEqual(first)
    expect(await titles()).toEqual([])
  })

  test('fails where one of the tasks was changed since, and changes nothing', async () => {
    const { user_id, change, ids, titles } = await withTasks(3, { via: 'mcp' })
    await someone(user_id).task.update({ task_id: ids[1] ?? 0, title: 'changed' })
    expect(await apiErrorOf(change.undo({}))).toMatchObject({ reason: 'undo_conflict' })
    expect(await titles()).toEqual(['t2', 'changed', 't0'])
  })
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
