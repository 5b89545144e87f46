import { afterAll, beforeEach, expect, test } from 'vitest'
import { newUser, testServices, type Caller } from '../../testing/services.ts'
import type { Services } from '../core/services.ts'
import { calendarFile } from './calendar_file.ts'
import { feedTokenHash } from './feed.ts'

const api = await testServices()
afterAll(api.close)
const { db } = api.services

let caller: Caller
let user_id: string
let token: string
beforeEach(async () => {
  user_id = newUser()
  const services = { ...api.services, publicUrl: 'https://tasks.example' }
  caller = api.caller(user_id, { services })
  const { url } = await caller.feed.create({})
  token = /^https:\/\/tasks\.example\/feeds\/([\w-]{43})\.ics$/.exec(url)?.[1] ?? ''
})

async function file(services: Services = api.services): Promise<{ etag: string; text: string }> {
  const found = await calendarFile(services, token)
  if (found === null) throw new Error('there is no such feed')
  let text = ''
  for await (const part of found.text()) text += part
  return { etag: found.etag, text }
}

test('a feed has the dated tasks of its owner, and nobody else’s', async () => {
  await caller.task.create({ title: 'Dated', due_date: '2090-01-01' })
  await caller.task.create({ title: 'Undated' })
  await api.caller(newUser()).task.create({ title: 'Of another user', due_date: '2090-01-01' })
  const { text } = await file()
  expect(text).toMatch(/^BEGIN:VCALENDAR\r\n/)
  expect(text).toMatch(/END:VCALENDAR\r\n$/)
  expect(text.match(/^SUMMARY:.*/gm)).toEqual(expect.arrayContaining([expect.stringContaining('Dated')]))
  expect(text).not.toMatch(/Undated|Of another user/)
})

test('every task is in the file, however many statements that takes', async () => {
  const create = (n: number) => ({ do: 'create' as const, title: `Task ${n} end`, due_date: '2090-01-01' })
  for (const from of [0, 100, 200, 300]) {
    await caller.task.batch({ operations: Array.from({ length: 100 }, (_, n) => create(from + n)) })
  }
  const { text } = await file()
  const named = new Set(text.match(/Task \d+ end/g))
  expect(named.size).toBe(400)
})

test('the tag changes with a task, the settings and the year, and else stays', async () => {
  const at = (time: string) => ({ ...api.services, now: () => new Date(time) })
  const tags = [(await file(at('2027-03-10T09:00:00Z'))).etag]
  expect((await file(at('2027-12-31T23:59:59Z'))).etag).toBe(tags[0])
  tags.push((await file(at('2028-01-01T00:00:00Z'))).etag)
  await caller.task.create({ title: 'x' })
  tags.push((await file(at('2027-03-10T09:00:00Z'))).etag)
  await caller.viewer.update({ remind_time: '08:00' })
  tags.push((await file(at('2027-03-10T09:00:00Z'))).etag)
  await caller.viewer.update({ time_zone: 'Europe/Berlin' })
  tags.push((await file(at('2027-03-10T09:00:00Z'))).etag)
  expect(new Set(tags).size).toBe(5)
  expect(tags[0]).toMatch(/^"[\w-]{22}"$/)
})

test('an unknown token, a deleted feed and the stored hash open nothing', async () => {
  expect(await calendarFile(api.services, 'x')).toBeNull()
  expect(await calendarFile(api.services, feedTokenHash(token))).toBeNull()
  const [stored] = await db.calendarFeed.findMany({ where: { user_id } })
  expect(stored?.token_hash).toBe(feedTokenHash(token))
  expect(JSON.stringify(stored)).not.toContain(token)
  const [feed] = await caller.feed.list({})
  await caller.feed.delete({ feed_id: feed?.id ?? 0 })
  expect(await calendarFile(api.services, token)).toBeNull()
})
