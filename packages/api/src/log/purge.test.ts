import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { newUser, apiErrorOf, testServices } from '../../testing/services.ts'
import { purge } from './purge.ts'

const api = await testServices()
const other = api.replica()
afterAll(api.close)

const { db, sql } = api.services

async function createMany(user_id: string, count: number): Promise<void> {
  const text = `INSERT INTO taskwire.task (user_id, title) SELECT $1, 'task ' || n FROM generate_series(1, $2) n`
  await sql({ text, values: [user_id, count] })
}

/** Makes changes up to a seq look as if they had been made so many days earlier. */
async function backdate(user_id: string, seqs: { from?: number; to: number }, days: number): Promise<void> {
  const text = `UPDATE taskwire.change SET created_at = created_at - make_interval(secs => $4::float8 * 86400)
    WHERE user_id = $1 AND seq BETWEEN $2 AND $3`
  await sql({ text, values: [user_id, seqs.from ?? 1, seqs.to, days] })
}

async function keptSeqs(user_id: string): Promise<number[]> {
  const rows = await db.change.findMany({ where: { user_id }, orderBy: { seq: 'asc' }, select: { seq: true } })
  return rows.map(({ seq }) => seq)
}

test('the purge removes changes older than 30 days, keeps newer ones, and the log continues its numbering', async () => {
  const user_id = newUser()
  await createMany(user_id, 10)
  await backdate(user_id, { to: 6 }, 30.01)
  await backdate(user_id, { from: 7, to: 8 }, 29.99)
  await purge(api.services)
  expect(await keptSeqs(user_id)).toEqual([7, 8, 9, 10])

  const caller = api.caller(user_id)
  await caller.task.create({ title: 'next' })
  expect(await apiErrorOf(caller.change.list({ since: 5 }))).toMatchObject({ reason: 'changes_expired' })
  const { changes, next } = await caller.change.list({ since: 6 })
  expect([changes.map(({ seq }) => seq), next]).toEqual([[7, 8, 9, 10, 11], 11])
})

test('an installation may keep changes and trash for another time', async () => {
  const user_id = newUser()
  await createMany(user_id, 4)
  await backdate(user_id, { to: 2 }, 8)
  await purge(api.services, { keptDays: 9 })
  expect(await keptSeqs(user_id)).toEqual([1, 2, 3, 4])
  await purge(api.services, { keptDays: 7 })
  expect(await keptSeqs(user_id)).toEqual([3, 4])
})

test('a log whose changes were all purged still reports its end', async () => {
  const user_id = newUser()
  await createMany(user_id, 3)
  await backdate(user_id, { to: 3 }, 31)
  await purge(api.services)
  expect(await keptSeqs(user_id)).toEqual([])
  expect(await api.caller(user_id).change.list({})).toEqual({ changes: [], next: 3, has_more: false })
  expect(await api.caller(user_id).change.list({ since: 3 })).toEqual({ changes: [], next: 3, has_more: false })
  expect(await apiErrorOf(api.caller(user_id).change.list({ since: 2 }))).toMatchObject({ reason: 'changes_expired' })
})

test('a change that a wrong clock backdated does not cause a gap', async () => {
  const user_id = newUser()
  await createMany(user_id, 6)
  await backdate(user_id, { to: 2 }, 31)
  await backdate(user_id, { from: 4, to: 5 }, 31)
  await purge(api.services)
  expect(await keptSeqs(user_id)).toEqual([3, 4, 5, 6])
})

test('a key is remembered while its change is kept', async () => {
  const caller = api.caller(newUser())
  const input = { title: 'once', idempotency_key: 'key' }
  const task = await caller.task.create(input)
  await backdate(task.user_id, { to: 1 }, 29)
  await purge(api.services)
  expect(await caller.task.create(input)).toStrictEqual(task)
})

test('the purge removes tasks that were deleted more than 30 days ago, logs no change, and they cannot be restored', async () => {
  const user_id = newUser()
  const caller = api.caller(user_id)
  const old = await caller.task.create({ title: 'old' })
  const young = await caller.task.create({ title: 'young' })
  await caller.task.delete({ task_id: old.id })
  await caller.task.delete({ task_id: young.id })
  await trashedDaysAgo(user_id, old.id, 31)
  const { tasks } = await purge(api.services)
  expect(tasks).toBe(1)
  const { items } = await caller.task.list({ status: 'deleted' })
  expect(items.map(({ id }) => id)).toEqual([young.id])
  expect(await keptSeqs(user_id)).toEqual([1, 2, 3, 4])
  expect(await apiErrorOf(caller.change.undo({ seq: 3 }))).toMatchObject({ reason: 'undo_conflict' })
  expect(await caller.change.undo({ seq: 4 })).toMatchObject({ kind: 'restored', task_id: young.id })
})

/** No statement may change a task in the trash, so the test disables the trigger. */
async function trashedDaysAgo(user_id: string, id: number, days: number): Promise<void> {
  const client = await api.database.pool.connect()
  await client.query('BEGIN')
  await client.query(`ALTER TABLE taskwire.task DISABLE TRIGGER task_change`)
  await client.query(
    `UPDATE taskwire.task SET deleted_at = deleted_at - make_interval(days => $3) WHERE user_id = $1 AND id = $2`,
    [user_id, id, days],
  )
  await client.query(`ALTER TABLE taskwire.task ENABLE TRIGGER task_change`)
  await client.query('COMMIT')
  client.release()
}

describe('after the purge of its log', () => {
  /** A user who has imported two tasks, in changes 1 and 2. */
  async function importer() {
    const user_id = newUser()
    const { task, change, transfer } = api.caller(user_id)
    const repeat = () => transfer.import({ source: 'csv', file: 'title\nMilk\nBread' })
    const { rows } = await repeat()
    const ids = rows.map(({ task_id }) => task_id ?? 0)
    const purgeAll = async () => {
      await backdate(user_id, { to: 100 }, 31)
      for (const id of ids) await trashedDaysAgo(user_id, id, 31)
      await purge(api.services)
      expect(await keptSeqs(user_id)).toEqual([])
    }
    return { user_id, task, change, repeat, ids, purgeAll }
  }

  test('an import that was undone can be repeated', async () => {
    const { change, repeat, purgeAll } = await importer()
    await change.undo({ seq: 1, through: 2 })
    await purgeAll()
    expect(await repeat()).toMatchObject({ created: 2, skipped: 0 })
    expect(await repeat()).toMatchObject({ created: 0, skipped: 2 })
  })

  test('so it can while its undo is kept', async () => {
    const { user_id, change, repeat } = await importer()
    await change.undo({ seq: 1, through: 2 })
    await backdate(user_id, { to: 2 }, 31)
    await purge(api.services)
    expect(await keptSeqs(user_id)).toEqual([3, 4])
    expect(await repeat()).toMatchObject({ created: 2, skipped: 0 })
  })

  test('a task that was imported and then deleted does not come again', async () => {
    const { task, ids, repeat, purgeAll } = await importer()
    for (const task_id of ids) await task.delete({ task_id })
    await purgeAll()
    expect(await repeat()).toMatchObject({ created: 0, skipped: 2 })
  })

  test('nor does one whose undone import was restored, or of which only other changes were undone', async () => {
    const { task, change, ids, repeat, purgeAll } = await importer()
    await change.undo({ seq: 1 })
    await change.undo({ seq: 3 })
    await task.delete({ task_id: ids[1] ?? 0 })
    await change.undo({ seq: 5 })
    await change.undo({ seq: 6 })
    await purgeAll()
    expect(await repeat()).toMatchObject({ created: 0, skipped: 2 })
  })

  test('what other users have imported is remembered', async () => {
    const [undone, other] = [await importer(), await importer()]
    await undone.change.undo({ seq: 1, through: 2 })
    await backdate(other.user_id, { to: 2 }, 31)
    await undone.purgeAll()
    expect(await other.repeat()).toMatchObject({ created: 0, skipped: 2 })
  })
})

test('users without anything to purge do not keep later users from being purged', async () => {
  const some = newUser()
  const text = `INSERT INTO taskwire.task (user_id, title) SELECT $1 || lpad(n::text, 4, '0'), 'one' FROM generate_series(1, 1100) n`
  await sql({ text, values: [some] })
  await backdate(`${some}1100`, { to: 1 }, 31)
  expect(await purge(api.services)).toEqual({ changes: 1, tasks: 0 })
  expect(await keptSeqs(`${some}1100`)).toEqual([])
  expect(await keptSeqs(`${some}1099`)).toEqual([1])
})

test('a purge stops when its process shuts down, and the next purge continues', async () => {
  const user_id = newUser()
  await createMany(user_id, 3)
  await backdate(user_id, { to: 3 }, 31)
  expect(await purge(api.services, { signal: AbortSignal.abort() })).toEqual({ changes: 0, tasks: 0 })
  expect(await purge(api.services)).toEqual({ changes: 3, tasks: 0 })
})

test('concurrent purges on several replicas during writes remove no newer change and never leave a gap in a log', async () => {
  const users = Array.from({ length: 120 }, newUser)
  for (const user_id of users) {
    await createMany(user_id, 40)
    await backdate(user_id, { to: 25 }, 40)
  }
  const long = newUser()
  await createMany(long, 2500)
  await backdate(long, { to: 2400 }, 40)

  let purging = true
  const gaps: number[][] = []
  const watch = async () => {
    while (purging) {
      const seqs = await keptSeqs(long)
      if (seqs.some((seq, index) => index > 0 && seq !== (seqs[index - 1] ?? 0) + 1)) gaps.push(seqs)
    }
  }
  const watching = watch()
  watching.catch(() => {})
  // Where the purge fails, the watch ends before the database is closed.
  onTestFinished(async () => {
    purging = false
    await watching.catch(() => {})
  })
  await Promise.all([
    purge(api.services),
    purge(other.services),
    purge(api.services),
    // One after the other: twenty at once would keep the purge from a connection for longer than it waits for one.
    (async () => {
      for (const user_id of users.slice(0, 20)) await other.caller(user_id).task.create({ title: 'meanwhile' })
    })(),
  ])
  await Promise.all([purge(api.services), purge(other.services)])
  purging = false
  await watching

  expect(gaps).toEqual([])
  expect(await keptSeqs(long)).toEqual(Array.from({ length: 100 }, (_, index) => 2401 + index))
  for (const [index, user_id] of users.entries()) {
    const last = index < 20 ? 41 : 40
    expect(await keptSeqs(user_id)).toEqual(Array.from({ length: last - 25 }, (_, n) => 26 + n))
  }
})
