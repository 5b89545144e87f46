import { afterAll, expect, test } from 'vitest'
import { newUser, testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

test('a feed that is created at the same time as the tenth is refused', async () => {
  const user_id = newUser()
  const user = api.caller(user_id)
  for (let count = 1; count < 10; count++) await user.feed.create({})
  const client = await api.database.pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT seq FROM taskwire.change_counter WHERE user_id = $1 FOR UPDATE', [user_id])
    await client.query(`INSERT INTO taskwire.calendar_feed (user_id, token_hash) VALUES ($1, repeat('x', 43))`, [
      user_id,
    ])
    let isSettled = false
    const created = Promise.allSettled([user.feed.create({})]).finally(() => {
      isSettled = true
    })
    const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    await expect.poll(async () => isSettled || (await api.database.pool.query(waits)).rows.length > 0).toBe(true)
    await client.query('COMMIT')
    expect(await created).toMatchObject([{ status: 'rejected', reason: { reason: 'validation_failed' } }])
    expect(await user.feed.list({})).toHaveLength(10)
  } finally {
    client.release()
  }
})

test('a user has ten feeds at most, and may create another one when one is deleted', async () => {
  const user = api.caller(newUser())
  const feeds = []
  for (let count = 1; count <= 10; count++) feeds.push(await user.feed.create({}))
  await expect(user.feed.create({})).rejects.toMatchObject({ reason: 'validation_failed' })
  await user.feed.delete({ feed_id: feeds[0]?.id ?? 0 })
  expect((await user.feed.create({})).id).toBeGreaterThan(0)
})

test("another user's feed is not found and stays", async () => {
  const [ann, bob] = [api.caller(newUser()), api.caller(newUser())]
  const { id: feed_id } = await ann.feed.create({})
  await expect(bob.feed.delete({ feed_id })).rejects.toMatchObject({ reason: 'not_found' })
  expect(await bob.feed.list({})).toEqual([])
  expect((await ann.feed.list({})).map(({ id }) => id)).toEqual([feed_id])
})
