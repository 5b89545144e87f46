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

const NOW = new Date('2027-03-10T09:00:00.000Z')

/** A webhook that waits after a failure, with one event that was queued and failed, and one that was delivered. */
async function failingWebhook() {
  const user_id = newUser()
  const { webhook } = fixture.caller(user_id, { services: { ...fixture.services, now: () => NOW } })
  const { id: webhook_id } = await webhook.create({ url })
  const { db } = fixture.services
  const later = new Date(NOW.getTime() + 3_600_000)
  await db.webhook.updateMany({ where: { user_id }, data: { attempts: 3, retry_at: later } })
  for (const queued of [true, false]) {
    const data = { user_id, webhook_id, event_key: String(queued), type: 'reminder.due', queued, attempts: 3 }
    await db.webhookDelivery.create({ data: { ...data, status: 'failed', next_attempt_at: later } })
  }
  const state = async () => {
    const [hook] = await db.webhook.findMany({ where: { user_id } })
    const events = await db.webhookDelivery.findMany({ where: { user_id }, orderBy: { queued: 'asc' } })
    return {
      hook: [hook?.attempts, hook?.retry_at],
      ended: [events[0]?.status, events[0]?.attempts, events[0]?.next_attempt_at],
      queued: [events[1]?.status, events[1]?.attempts, events[1]?.next_attempt_at],
    }
  }
  return { webhook, webhook_id, later, state }
}

test.each([{ enabled: true }, { url: 'https://example.com/other' }])(
  'an update to %j tries again at once what has failed',
  async (change) => {
    const { webhook, webhook_id, later, state } = await failingWebhook()
    await webhook.update({ webhook_id, ...change })
    expect(await state()).toEqual({ hook: [0, null], ended: ['failed', 3, later], queued: ['pending', 0, NOW] })
  },
)

test.each([{ enabled: false }, { url }, { description: 'x' }, { events: ['change'] as 'change'[] }])(
  'an update to %j leaves the waits as they are',
  async (change) => {
    const { webhook, webhook_id, later, state } = await failingWebhook()
    await webhook.update({ webhook_id, ...change })
    expect(await state()).toEqual({ hook: [3, later], ended: ['failed', 3, later], queued: ['failed', 3, later] })
  },
)

test('whoever disables or enables a webhook takes back why it was disabled', async () => {
  const { webhook, webhook_id } = await failingWebhook()
  const data = { enabled: false, disabled_reason: 'gone' }
  for (const enabled of [true, false]) {
    await fixture.services.db.webhook.updateMany({ where: { id: webhook_id }, data })
    expect(await webhook.update({ webhook_id, description: '' })).toMatchObject({ ...data, description: null })
    expect(await webhook.update({ webhook_id, enabled })).toMatchObject({ enabled, disabled_reason: null })
  }
})

test('the secret of before a rotation signs for 24 hours more', async () => {
  const { webhook, webhook_id } = await failingWebhook()
  const before = await fixture.services.db.webhook.findFirstOrThrow({ where: { id: webhook_id } })
  const { secret } = await webhook.rotate({ webhook_id })
  expect(await fixture.services.db.webhook.findFirst({ where: { id: webhook_id } })).toMatchObject({
    secret,
    former_secret: before.secret,
    former_secret_until: new Date(NOW.getTime() + 24 * 3_600_000),
  })
})

test('of two rotations at once one counts, and the other caller gets no secret', async () => {
  const { webhook, webhook_id } = await failingWebhook()
  const { db } = fixture.services
  const { user_id, secret } = await db.webhook.findFirstOrThrow({ where: { id: webhook_id } })
  let rotated: { secret: string } | undefined
  const findFirst = async (query: Parameters<typeof db.webhook.findFirst>[0]) => {
    const found = await db.webhook.findFirst(query)
    rotated ??= await webhook.rotate({ webhook_id })
    return found
  }
  const table = new Proxy(db.webhook, {
    get: (of, name, receiver) => (name === 'findFirst' ? findFirst : Reflect.get(of, name, receiver)),
  })
  const slow = new Proxy(db, {
    get: (of, name, receiver) => (name === 'webhook' ? table : Reflect.get(of, name, receiver)),
  })
  const late = fixture.caller(user_id, { services: { ...fixture.services, db: slow } })
  expect((await apiErrorOf(late.webhook.rotate({ webhook_id }))).reason).toBe('webhook_not_found')
  expect(await db.webhook.findFirst({ where: { id: webhook_id } })).toMatchObject({
    secret: rotated?.secret,
    former_secret: secret,
  })
})

test.each([
  [{ events: [] }, 'events'],
  [{ events: ['other'] }, 'events'],
  [{ description: 'x'.repeat(201) }, 'description'],
  [{ url: `https://example.com/${'x'.repeat(1981)}` }, 'url'],
])('%j is refused', async (input, field) => {
  const { webhook } = fixture.caller(newUser())
  const { details } = await apiErrorOf(webhook.create({ url, ...(input as object) }))
  expect(details.fields).toMatchObject([{ loc: expect.arrayContaining([field]) }])
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
