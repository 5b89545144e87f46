import { newUser, signedToken } from '@taskwire/api/testing'
import ICAL from 'ical.js'
import { sync as nodeIcal, type VEvent, type VTodo } from 'node-ical'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tasksOf, testServer, type TestServer } from '../../../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

async function newFeed(user: string): Promise<{ id: number; url: string }> {
  const { status, json } = await server.as(user)('POST', `/api/${user}/feeds`)
  expect([status, json]).toEqual([
    201,
    { id: expect.any(Number), created_at: expect.stringMatching(/Z$/), url: expect.stringMatching(/\.ics$/) },
  ])
  return json
}

const create = async (user: string, body: object) => (await server.as(user)('POST', tasksOf(user), { body })).json

/** The feed's components of a kind, read by ical.js. */
function components(text: string, kind: 'vtodo' | 'vevent') {
  return new ICAL.Component(ICAL.parse(text)).getAllSubcomponents(kind)
}

/** The same file, read by node-ical. */
function entries<Kind extends 'VTODO' | 'VEVENT'>(text: string, kind: Kind) {
  const all = Object.values(nodeIcal.parseICS(text))
  return all.filter((entry): entry is Extract<VTodo | VEvent, { type: Kind }> => entry?.type === kind)
}

test('a feed has each dated task as a to-do and as an event, and nothing else', async () => {
  const user = newUser()
  const { url } = await newFeed(user)
  await create(user, { title: 'Undated' })
  await create(user, {
    title: 'Pay; rent, now',
    description: 'two\nlines',
    due_date: '2026-12-01',
    priority: 'high',
    tags: ['home', 'a b'],
  })
  const response = await server.send('GET', url)
  expect([response.status, response.headers['content-type']]).toEqual([200, 'text/calendar; charset=utf-8'])
  for (const kind of ['vtodo', 'vevent'] as const) {
    const [only, ...more] = components(response.text, kind)
    expect(more).toEqual([])
    expect(only?.getFirstPropertyValue('summary')).toBe('Pay; rent, now')
    expect(only?.getFirstPropertyValue('description')).toBe('two\nlines')
    expect(only?.getFirstPropertyValue('priority')).toBe(1)
    expect(only?.getFirstProperty('categories')?.getValues()).toEqual(['home', 'a b'])
  }
  expect(String(components(response.text, 'vtodo')[0]?.getFirstPropertyValue('due'))).toBe('2026-12-01')
  const [event] = entries(response.text, 'VEVENT')
  expect(event).toMatchObject({ summary: 'Pay; rent, now', datetype: 'date' })
})

test('times, zones, rules and alarms are the same instants to both readers', async () => {
  const user = newUser()
  const { url } = await newFeed(user)
  const due = { due_date: '2026-10-24', due_time: '09:30', due_zone: 'Europe/Berlin' }
  const task = await create(user, {
    title: 'Zoned',
    ...due,
    reminders: ['PT30M'],
    recurrence: { rule: 'FREQ=DAILY;COUNT=3' },
  })
  await create(user, { title: 'Floating', due_date: '2026-10-24', due_time: '09:30' })
  const { text } = await server.send('GET', url)
  const [zoned, floating] = components(text, 'vevent').map((component) => new ICAL.Event(component))
  const start = zoned?.startDate
  expect([start?.zone.tzid, String(start)]).toEqual(['Europe/Berlin', '2026-10-24T09:30:00'])
  expect(start?.toJSDate().toISOString()).toBe(task.due_at)
  // The clocks go back on 25 October: the hour stays the local one.
  const days = zoned?.iterator()
  expect([1, 2, 3, 4].map(() => days?.next()?.toString())).toEqual([
    '2026-10-24T09:30:00',
    '2026-10-25T09:30:00',
    '2026-10-26T09:30:00',
    undefined,
  ])
  expect([String(floating?.startDate), floating?.startDate.zone.tzid]).toEqual(['2026-10-24T09:30:00', 'floating'])
  const alarm = components(text, 'vtodo')[0]?.getFirstSubcomponent('valarm')
  expect(String(alarm?.getFirstPropertyValue('trigger'))).toBe('-PT30M')
  const [other] = entries(text, 'VEVENT').filter(({ summary }) => summary === 'Zoned')
  expect(other?.start.toISOString()).toBe(task.due_at)
})

test('an alarm of a whole day is at the time that the user has set', async () => {
  const user = newUser()
  const { url } = await newFeed(user)
  await server.as(user)('PATCH', `/api/${user}/settings`, {
    body: { time_zone: 'America/New_York', remind_time: '08:15' },
  })
  await create(user, { title: 'Day', due_date: '2026-12-01', reminders: ['P1D', 'PT0S', '2026-11-30T07:00'] })
  const { text } = await server.send('GET', url)
  const triggers = components(text, 'vtodo')[0]?.getAllSubcomponents('valarm')
  expect(triggers?.map((alarm) => String(alarm.getFirstPropertyValue('trigger')))).toEqual([
    '-PT15H45M',
    'PT8H15M',
    '2026-11-30T12:00:00Z',
  ])
})

test('500 tasks are read by two independent readers', async () => {
  const user = newUser()
  const { url } = await newFeed(user)
  const lines = Array.from(
    { length: 500 },
    (_, n) => `"Task ${n}, ${'ü'.repeat(n % 90)}; \\ end",2027-0${1 + (n % 9)}-1${n % 10},1${n % 10}:30,Europe/Berlin`,
  )
  const csv = `title,due_date,due_time,due_zone\n${lines.join('\n')}`
  const authorization = `Bearer ${await signedToken({ sub: user })}`
  await server.app.inject({
    method: 'POST',
    url: `/api/${user}/import?source=csv`,
    headers: { authorization },
    payload: csv,
  })
  const { text } = await server.send('GET', url)
  const { json } = await server.as(user)('GET', tasksOf(user))
  const titles = new Set(json.map(({ title }: { title: string }) => title))
  expect(titles.size).toBe(500)
  const read = components(text, 'vtodo').map((todo) => String(todo.getFirstPropertyValue('summary')))
  expect(new Set(read)).toEqual(titles)
  expect(new Set(entries(text, 'VTODO').map(({ summary }) => summary))).toEqual(titles)
  expect(entries(text, 'VEVENT')).toHaveLength(500)
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
})

test('a calendar that knows the file gets 304, until a task or a setting changes', async () => {
  const user = newUser()
  const { url } = await newFeed(user)
  const { headers } = await server.send('GET', url)
  const known = { headers: { 'if-none-match': headers['etag'] ?? '' } }
  expect((await server.send('GET', url, known)).status).toBe(304)
  await create(user, { title: 'New', due_date: '2026-12-01' })
  expect((await server.send('GET', url, known)).status).toBe(200)
  expect((await server.send('HEAD', url)).status).toBe(200)
})

test('a feed is private to its reader, is asked for anew each time, and is in no search engine', async () => {
  const { url } = await newFeed(newUser())
  const { headers } = await server.send('GET', url)
  expect(headers).toMatchObject({
    'content-type': 'text/calendar; charset=utf-8',
    'cache-control': 'private, no-cache',
    'x-robots-tag': 'noindex',
  })
  const etag = headers['etag'] ?? ''
  for (const known of [`W/${etag}`, `"other", ${etag}`, '*']) {
    const response = await server.send('GET', url, { headers: { 'if-none-match': known } })
    expect([response.status, response.text, response.headers['etag']], known).toEqual([304, '', etag])
  }
  for (const other of ['"other"', `x${etag}`, '']) {
    expect((await server.send('GET', url, { headers: { 'if-none-match': other } })).status, other).toBe(200)
  }
})

test.each(['/feeds/', '.ics', 'x.ics', 'x'.repeat(43), `${'x'.repeat(44)}.ics`, `${'x'.repeat(43)}.icsx`])(
  'there is no feed at %s',
  async (path) => {
    expect((await server.send('GET', path.startsWith('/') ? path : `/feeds/${path}`)).status).toBe(404)
  },
)

test('a deleted feed and a wrong address are not found, and a feed reads nothing else', async () => {
  const user = newUser()
  const [{ id, url }, kept] = [await newFeed(user), await newFeed(user)]
  const listed = await server.as(user)('GET', `/api/${user}/feeds`)
  expect(listed.json.map((feed: object) => Object.keys(feed))).toEqual([
    ['id', 'created_at'],
    ['id', 'created_at'],
  ])
  expect((await server.as(user)('DELETE', `/api/${user}/feeds/${id}`)).status).toBe(204)
  const notFound = { status: 404, json: { code: 'not_found', detail: 'Not Found' } }
  expect(await server.send('GET', url)).toMatchObject(notFound)
  expect(await server.send('GET', '/feeds/nobody.ics')).toMatchObject(notFound)
  expect((await server.send('GET', kept.url)).status).toBe(200)
  const token = /([\w-]+)\.ics$/.exec(kept.url)?.[1] ?? ''
  const { status } = await server.send('GET', tasksOf(user), { headers: { authorization: `Bearer ${token}` } })
  expect(status).toBe(401)
})

test('an eleventh feed is refused', async () => {
  const user = newUser()
  for (let count = 0; count < 10; count++) await newFeed(user)
  expect(await server.as(user)('POST', `/api/${user}/feeds`)).toMatchObject({
    status: 422,
    json: { code: 'validation_failed' },
  })
})
