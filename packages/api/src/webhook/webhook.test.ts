import { afterAll, beforeAll, expect, test } from 'vitest'
import { apiErrorOf, newUser, testServices, type TestServices } from '../../testing/services.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())

const url = 'https://example.com/hook'

test('a webhook starts at the current seq, and only its creation shows the secret', async () => {
  const { task, webhook } = fixture.caller(newUser())
  await task.create({ title: 'before' })
  const { secret, ...created } = await webhook.create({ url })
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(created).toEqual({
    id: created.id,
    url,
    events: ['change', 'reminder'],
    description: null,
    enabled: true,
    disabled_reason: null,
    next_seq: 2,
    created_at: expect.stringMatching(/Z$/),
  })
  expect(await webhook.get({ webhook_id: created.id })).toEqual(created)
  expect(await webhook.list({})).toEqual([created])
})

test('an update changes the fields that are sent', async () => {
  const { webhook } = fixture.caller(newUser())
  const { secret: _, ...created } = await webhook.create({ url, events: ['change', 'change'], description: ' mine ' })
  expect(created).toMatchObject({ events: ['change'], description: 'mine' })
  const webhook_id = created.id
  expect(await webhook.update({ webhook_id, enabled: false })).toEqual({ ...created, enabled: false })
  expect(await webhook.update({ webhook_id, enabled: true, description: null })).toEqual({
    ...created,
    description: null,
  })
})

test('a webhook that begins to follow the log starts at its end', async () => {
  const { task, webhook } = fixture.caller(newUser())
  const { id: webhook_id } = await webhook.create({ url, events: ['reminder'] })
  await task.create({ title: 'one' })
  expect(await webhook.update({ webhook_id, events: ['change'] })).toMatchObject({ next_seq: 2 })
  await task.create({ title: 'two' })
  expect(await webhook.update({ webhook_id, events: ['change', 'reminder'] })).toMatchObject({ next_seq: 2 })
})

test('a deleted webhook is not found', async () => {
  const { webhook } = fixture.caller(newUser())
  const { id: webhook_id } = await webhook.create({ url })
  await webhook.test({ webhook_id })
  await webhook.delete({ webhook_id })
  expect(await webhook.list({})).toEqual([])
  for (const call of [webhook.get, webhook.delete, webhook.test, webhook.rotate, webhook.deliveries]) {
    expect((await apiErrorOf(call({ webhook_id }))).reason).toBe('webhook_not_found')
  }
})

test('a user has at most 10 webhooks, however many are created at once', async () => {
  const { webhook } = fixture.caller(newUser())
  const created = await Promise.allSettled(Array.from({ length: 14 }, () => webhook.create({ url })))
  expect(created.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  const { status, details } = await apiErrorOf(webhook.create({ url }))
  expect([status, details.fields]).toMatchObject([422, [{ msg: 'At most 10 webhooks' }]])
})

test.each(['http://127.0.0.1:9/', 'http://localhost/', 'http://[::ffff:10.0.0.1]/', 'ftp://example.com/'])(
  '%s is refused at creation and update',
  async (refused) => {
    const { webhook } = fixture.caller(newUser())
    expect(await apiErrorOf(webhook.create({ url: refused }))).toMatchObject({
      reason: 'webhook_url_refused',
      status: 422,
    })
    const { id: webhook_id } = await webhook.create({ url })
    expect((await apiErrorOf(webhook.update({ webhook_id, url: refused }))).reason).toBe('webhook_url_refused')
    expect(await webhook.get({ webhook_id })).toMatchObject({ url })
  },
)

test.each(['', 'example.com', '/hook', 'https://', `https://example.com/${'x'.repeat(2000)}`])(
  '%j is no URL',
  async (wrong) => {
    expect((await apiErrorOf(fixture.caller(newUser()).webhook.create({ url: wrong }))).reason).toBe(
      'validation_failed',
    )
  },
)

test('a rotation answers another secret', async () => {
  const { webhook } = fixture.caller(newUser())
  const { id, secret } = await webhook.create({ url })
  const rotated = await webhook.rotate({ webhook_id: id })
  expect(rotated.secret).toMatch(/^whsec_/)
  expect(rotated.secret).not.toBe(secret)
})

test('a test event is queued, and listed with the deliveries, the newest first', async () => {
  const { webhook } = fixture.caller(newUser())
  const { id: webhook_id } = await webhook.create({ url })
  const first = await webhook.test({ webhook_id })
  expect(first).toMatchObject({ seq: null, type: 'test', attempts: 0, status: 'pending', error: null })
  const second = await webhook.test({ webhook_id })
  expect((await webhook.deliveries({ webhook_id })).items).toEqual([second, first])
  const page = await webhook.deliveries({ webhook_id, limit: 1 })
  expect(page.items).toEqual([second])
  expect(await webhook.deliveries({ webhook_id, limit: 1, cursor: page.next_cursor ?? '' })).toEqual({
    items: [first],
    next_cursor: null,
  })
  expect((await apiErrorOf(webhook.redeliver({ webhook_id, delivery_id: 2 ** 52 }))).reason).toBe('item_not_found')
})

test('a test event of a webhook that is deleted at the same time is sent or finds no webhook', async () => {
  const { webhook } = fixture.caller(newUser())
  for (let trial = 0; trial < 20; trial++) {
    const { id: webhook_id } = await webhook.create({ url })
    const [sent, deleted] = await Promise.allSettled([webhook.test({ webhook_id }), webhook.delete({ webhook_id })])
    expect(deleted.status).toBe('fulfilled')
    if (sent.status === 'rejected') expect(sent.reason).toMatchObject({ message: 'Webhook not found' })
  }
})

test('the deletion of a user deletes their webhooks, deliveries and reminders', async () => {
  const user_id = newUser()
  const { db } = fixture.services
  await db.user.create({ data: { id: user_id, name: 'Ann', email: 'ann@example.com' } })
  const { task, webhook, reminder } = fixture.caller(user_id)
  const { id: webhook_id } = await webhook.create({ url })
  await webhook.test({ webhook_id })
  await task.create({ title: 'planned', reminders: ['2090-01-01T08:00'] })
  expect((await reminder.list({})).items).toHaveLength(1)
  await task.create({ title: 'not planned yet', reminders: ['2090-01-01T08:00'] })
  await db.user.delete({ where: { id: user_id } })
  const where = { user_id }
  expect([
    await db.webhook.count({ where }),
    await db.webhookDelivery.count({ where }),
    await db.reminder.count({ where }),
    await db.unplannedTask.count({ where }),
  ]).toEqual([0, 0, 0, 0])
})
