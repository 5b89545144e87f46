import { afterAll, describe, expect, test } from 'vitest'
import { newUser, apiErrorOf, testServices } from '../../testing/services.ts'
import type { LoggedTask } from '../task/schema.ts'

const api = await testServices()
afterAll(api.close)

const { sql } = api.services

/** Runs SQL directly on the database, past the API. */
function byHand(text: string, ...values: unknown[]) {
  return sql<Record<string, unknown>>({ text, values })
}

async function sqlStateOf(statement: Promise<unknown>): Promise<unknown> {
  const error = await statement.then(
    () => new Error('it was accepted'),
    (error: unknown) => error,
  )
  return error instanceof Error && 'code' in error ? error.code : error
}

function someone() {
  const user_id = newUser()
  const { task, change } = api.caller(user_id)
  return { user_id, task, change, log: () => change.list({ since: 0, limit: 200 }).then(({ changes }) => changes) }
}

describe('a change records', () => {
  test('its seq, its kind, the task before and after, and the transport', async () => {
    const { user_id, task, log } = someone()
    const created = await task.create({ title: 'Milk' })
    const task_id = created.id
    const updated = await api.caller(user_id, { via: 'rest' }).task.update({ task_id, title: 'Bread' })
    const completed = await api.caller(user_id, { via: 'mcp' }).task.complete({ task_id })
    const reopened = await api.caller(user_id, { via: 'chat', conversation_id: 7 }).task.toggle({ task_id })
    await task.delete({ task_id })
    const made = { actor: null, conversation_id: null, undoes: null, part_of: null, batch: null }
    const entry = { task_id, ...made, created_at: expect.any(String) }
    expect(await log()).toStrictEqual([
      { ...entry, seq: 1, kind: 'created', before: null, after: created, via: 'trpc' },
      { ...entry, seq: 2, kind: 'updated', before: created, after: updated, via: 'rest' },
      { ...entry, seq: 3, kind: 'completed', before: updated, after: completed, via: 'mcp' },
      { ...entry, seq: 4, kind: 'reopened', before: completed, after: reopened, via: 'chat', conversation_id: 7 },
      { ...entry, seq: 5, kind: 'deleted', before: reopened, after: null, via: 'trpc' },
    ])
  })

  test('its actor: the API key that was used, or else the user', async () => {
    const { user_id, log } = someone()
    const principal = { user_id, kind: 'api_key', scope: 'write', email: null, name: null, expires_at: null } as const
    const byKey = api.caller(user_id, { principal: { ...principal, actor: 'key:abc' } })
    const { id: task_id } = await byKey.task.create({ title: 'Milk' })
    await byKey.task.update({ task_id, title: 'Bread' })
    await byKey.task.toggle({ task_id })
    await byKey.task.delete({ task_id })
    await byKey.change.undo({ seq: 4 })
    await api.caller(user_id).task.delete({ task_id })
    const entries = await log()
    expect(entries.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['created', 'key:abc'],
      ['updated', 'key:abc'],
      ['completed', 'key:abc'],
      ['deleted', 'key:abc'],
      ['restored', 'key:abc'],
      ['deleted', null],
    ])
  })

  test('the kind updated when a completion comes with another field, or changes nothing', async () => {
    const { task, log } = someone()
    const { id: task_id } = await task.create({ title: 'Milk' })
    await task.update({ task_id, title: 'Bread', completed: true })
    await task.complete({ task_id })
    await task.update({ task_id, description: 'x', completed: false })
    expect((await log()).map(({ kind }) => kind)).toEqual(['created', 'updated', 'updated', 'updated'])
  })

  test('nothing of its idempotency key', async () => {
    const { task, log } = someone()
    await task.create({ title: 'Milk', idempotency_key: 'secret-key' })
    expect(JSON.stringify(await log())).not.toMatch(/secret-key|request|changed_|deleted_at/)
  })
})

describe('reading the log', () => {
  test('without since, the log returns no changes but the position to continue from', async () => {
    const { task, change } = someone()
    expect(await change.list({})).toEqual({ changes: [], next: 0, has_more: false })
    await task.create({ title: 'Milk' })
    expect(await change.list({})).toEqual({ changes: [], next: 1, has_more: false })
    expect(await change.list({ conversation_id: 5 })).toEqual({ changes: [], next: 1, has_more: false })
  })

  test('consecutive pages have no gap between them', async () => {
    const { task, change } = someone()
    for (let n = 0; n < 7; n++) await task.create({ title: `task ${n}` })
    const pages: [number[], number, boolean][] = []
    let since = 0
    for (let more = true; more;) {
      const { changes, next, has_more } = await change.list({ since, limit: 3 })
      pages.push([changes.map(({ seq }) => seq), next, has_more])
      since = next
      more = has_more
    }
    expect(pages).toEqual([
      [[1, 2, 3], 3, true],
      [[4, 5, 6], 6, true],
      [[7], 7, false],
    ])
    expect(await change.list({ since: 4, limit: 3 })).toMatchObject({ next: 7, has_more: false })
  })

  test('conversation_id filters the changes, and next skips the filtered ones', async () => {
    const { user_id, task, change } = someone()
    const inChat = api.caller(user_id, { via: 'chat', conversation_id: 7 })
    for (let n = 0; n < 3; n++) {
      await inChat.task.create({ title: 'chat' })
      await task.create({ title: 'other' })
    }
    const list = async (since: number, limit: number, conversation_id = 7) => {
      const { changes, next, has_more } = await change.list({ since, limit, conversation_id })
      return [changes.map(({ seq }) => seq), next, has_more]
    }
    expect(await list(0, 2)).toEqual([[1, 3], 3, true])
    expect(await list(3, 2)).toEqual([[5], 6, false])
    expect(await list(0, 3)).toEqual([[1, 3, 5], 6, false])
    expect(await list(0, 3, 8)).toEqual([[], 6, false])
    expect(await list(0, 3, 2 ** 40)).toEqual([[], 6, false])
  })

  test('a since ahead of the log, however large, is changes_expired', async () => {
    const { task, change } = someone()
    await task.create({ title: 'Milk' })
    expect((await change.list({ since: 1 })).changes).toEqual([])
    for (const since of [2, 2 ** 31 - 1, 2 ** 31, Number.MAX_SAFE_INTEGER, 1e300]) {
      expect(await apiErrorOf(change.list({ since }))).toMatchObject({ reason: 'changes_expired', status: 410 })
    }
    for (const since of [-1, 0.5, NaN]) {
      expect(await apiErrorOf(change.list({ since }))).toMatchObject({ reason: 'validation_failed' })
    }
  })

  test("reads that run during a user's first write never fail with changes_expired", async () => {
    for (let round = 0; round < 10; round++) {
      const { task, change } = someone()
      const reads = Array.from({ length: 8 }, () => change.list({ since: 0 }))
      await task.create({ title: 'Milk' })
      // Each is from before the write, or from after it.
      for (const { changes, next } of await Promise.all(reads)) expect(changes).toHaveLength(next)
    }
  })

  test('applying the later changes to a list gives the current list', async () => {
    const { task, change } = someone()
    for (let n = 0; n < 5; n++) await task.create({ title: `task ${n}` })
    const { next } = await change.list({})
    const known = new Map<number, LoggedTask>((await task.list({})).items.map((item) => [item.id, item]))
    const [first, second, third] = [...known.keys()]
    await task.toggle({ task_id: first ?? 0 })
    await task.delete({ task_id: second ?? 0 })
    await task.update({ task_id: third ?? 0, title: 'new' })
    await task.create({ title: 'later' })
    for (const { task_id, after, before } of (await change.list({ since: next })).changes) {
      if (after === null) known.delete(task_id)
      else if ((known.get(task_id)?.version ?? 0) < after.version) known.set(task_id, after)
      expect(before === null || after === null || after.version === before.version + 1).toBe(true)
    }
    const now = (await task.list({})).items
    expect([...known.values()].toSorted((a, b) => b.id - a.id)).toStrictEqual(now)
  })
})

describe('history', () => {
  test('lists the changes newest first, in pages, for deleted tasks too', async () => {
    const { task } = someone()
    const { id: task_id } = await task.create({ title: 'Milk' })
    await task.create({ title: 'another' })
    await task.toggle({ task_id })
    await task.delete({ task_id })
    const { items, next_cursor } = await task.history({ task_id })
    expect(items.map(({ seq, kind }) => [seq, kind])).toEqual([
      [4, 'deleted'],
      [3, 'completed'],
      [1, 'created'],
    ])
    expect(next_cursor).toBeNull()
    const page = await task.history({ task_id, limit: 2 })
    expect(page.items).toStrictEqual(items.slice(0, 2))
    const rest = await task.history({ task_id, limit: 2, cursor: page.next_cursor ?? '' })
    expect(rest).toStrictEqual({ items: items.slice(2), next_cursor: null })
  })

  test('ends where the rest was purged since the page before', async () => {
    const user_id = newUser()
    const { task } = api.caller(user_id)
    const { id: task_id } = await task.create({ title: 'Milk' })
    await task.toggle({ task_id })
    const { next_cursor } = await task.history({ task_id, limit: 1 })
    await api.services.db.change.deleteMany({ where: { user_id, seq: 1 } })
    expect(await task.history({ task_id, cursor: next_cursor ?? '' })).toEqual({ items: [], next_cursor: null })
  })

  test('rejects a cursor of another task, user or list', async () => {
    const { task } = someone()
    const one = await task.create({ title: 'one' })
    const two = await task.create({ title: 'two' })
    await task.toggle({ task_id: one.id })
    const history = (await task.history({ task_id: one.id, limit: 1 })).next_cursor ?? ''
    const list = (await task.list({ limit: 1 })).next_cursor ?? ''
    for (const [task_id, cursor] of [
      [two.id, history],
      [one.id, list],
      [one.id, `${history}A`],
    ] as const) {
      expect(await apiErrorOf(task.history({ task_id, cursor }))).toMatchObject({ reason: 'validation_failed' })
    }
    expect(await apiErrorOf(task.list({ cursor: history }))).toMatchObject({ reason: 'validation_failed' })
  })

  test('fails with task_not_found for a task of another user', async () => {
    const { id: task_id } = await someone().task.create({ title: 'Milk' })
    expect(await apiErrorOf(someone().task.history({ task_id }))).toMatchObject({ reason: 'task_not_found' })
  })
})

describe('in SQL', () => {
  test('an INSERT, UPDATE or DELETE of one row is logged as a change via sql', async () => {
    const { user_id, log } = someone()
    const [row] = await byHand(`INSERT INTO taskwire.task (user_id, title) VALUES ($1, 'a') RETURNING id`, user_id)
    await byHand(`UPDATE taskwire.task SET title = 'b' WHERE user_id = $1`, user_id)
    await byHand(`UPDATE taskwire.task SET completed = true WHERE user_id = $1`, user_id)
    await byHand(`DELETE FROM taskwire.task WHERE user_id = $1`, user_id)
    const changes = await log()
    expect(changes.map(({ seq, kind, via, task_id }) => [seq, kind, via, task_id])).toEqual([
      [1, 'created', 'sql', row?.['id']],
      [2, 'updated', 'sql', row?.['id']],
      [3, 'completed', 'sql', row?.['id']],
      [4, 'deleted', 'sql', row?.['id']],
    ])
    expect(changes.at(-1)).toMatchObject({ before: { title: 'b', completed: true, version: 3 }, after: null })
  })

  test('a statement on many rows of many users logs one change for each row', async () => {
    const users = [someone(), someone()]
    for (const { user_id } of users) {
      await byHand(
        `INSERT INTO taskwire.task (user_id, title) SELECT $1, 'task ' || n FROM generate_series(1, 50) n`,
        user_id,
      )
    }
    const ids = users.map(({ user_id }) => user_id)
    await byHand(`UPDATE taskwire.task SET completed = true WHERE user_id = ANY($1)`, ids)
    await byHand(`UPDATE taskwire.task SET deleted_at = now() WHERE user_id = ANY($1) AND title LIKE '%1'`, ids)
    await byHand(`DELETE FROM taskwire.task WHERE user_id = ANY($1) AND title LIKE '%2'`, ids)
    for (const { log, task } of users) {
      const changes = await log()
      expect(changes.map(({ seq }) => seq)).toEqual(Array.from({ length: 110 }, (_, n) => n + 1))
      const count = (kind: string) => changes.filter((change) => change.kind === kind).length
      expect([count('created'), count('completed'), count('deleted')]).toEqual([50, 50, 10])
      expect((await task.list({ limit: 200 })).items).toHaveLength(40)
    }
  })

  test("a write does not inherit the previous write's metadata", async () => {
    const { user_id, log } = someone()
    const created = await api.caller(user_id, { via: 'rest' }).task.create({ title: 'a', idempotency_key: 'key' })
    await byHand(`UPDATE taskwire.task SET description = 'by hand' WHERE user_id = $1`, user_id)
    expect((await log())[1]).toMatchObject({ kind: 'updated', via: 'sql', before: created })
    const [row] = await byHand(`SELECT * FROM taskwire.task WHERE user_id = $1`, user_id)
    for (const [column, value] of Object.entries(row ?? {})) {
      if (column.startsWith('changed_')) expect([column, value]).toEqual([column, null])
    }
  })

  test('a version cannot be set, skipped or repeated, and a creation time cannot be moved', async () => {
    const { user_id, task } = someone()
    const created = await task.create({ title: 'a' })
    await byHand(
      `UPDATE taskwire.task SET version = 77, created_at = '2000-01-01', updated_at = '2000-01-01' WHERE user_id = $1`,
      user_id,
    )
    const after = await task.get({ task_id: created.id })
    expect(after).toMatchObject({ version: 2, created_at: created.created_at })
    expect(Date.parse(after.updated_at)).toBeGreaterThanOrEqual(Date.parse(created.updated_at))
  })

  test('a rolled-back write leaves no change and no gap', async () => {
    const { user_id, task, log } = someone()
    await task.create({ title: 'a' })
    await sqlStateOf(
      byHand(`UPDATE taskwire.task SET title = 'b', completed = 1 / (version - 1) > 0 WHERE user_id = $1`, user_id),
    )
    await task.create({ title: 'c' })
    expect((await log()).map(({ seq }) => seq)).toEqual([1, 2])
  })

  test('the triggers reject TRUNCATE, moving a task, and creating or changing a task in the trash', async () => {
    const { user_id, task, log } = someone()
    const { id } = await task.create({ title: 'a' })
    const { id: trashed } = await task.create({ title: 'b' })
    await task.delete({ task_id: trashed })
    const check = '23514'
    for (const [statement, state] of [
      [`TRUNCATE taskwire.task`, '0A000'],
      [`TRUNCATE taskwire.task, taskwire.change CASCADE`, '0A000'],
      [`UPDATE taskwire.task SET user_id = 'mallory' WHERE user_id = '${user_id}' AND id = ${id}`, check],
      [`UPDATE taskwire.task SET id = id + 1000000 WHERE user_id = '${user_id}' AND id = ${id}`, check],
      [`UPDATE taskwire.task SET title = 'x' WHERE user_id = '${user_id}' AND id = ${trashed}`, check],
      [`INSERT INTO taskwire.task (user_id, title, deleted_at) VALUES ('${user_id}', 'x', now())`, check],
    ] as const) {
      expect([statement, await sqlStateOf(byHand(statement))]).toEqual([statement, state])
    }
    expect(await log()).toHaveLength(3)
  })

  test("the log shows the same times whatever the writer's time zone", async () => {
    const { user_id, task, log } = someone()
    const created = await task.create({ title: 'a' })
    const client = await api.database.pool.connect()
    await client.query(`BEGIN`)
    await client.query(`SET LOCAL TimeZone = 'Asia/Kathmandu'`)
    await client.query(`UPDATE taskwire.task SET title = 'b' WHERE user_id = $1`, [user_id])
    await client.query(`COMMIT`)
    client.release()
    const [, change] = await log()
    expect(change?.before).toStrictEqual(created)
    expect(change?.after).toStrictEqual(await task.get({ task_id: created.id }))
  })
})

test('no call failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
