import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiErrorOf, newUser, testServices, type TestServices } from '../../testing/services.ts'
import { exported } from '../../testing/transfers.ts'
import type { ExportFormat } from './schema.ts'

let api: TestServices
beforeAll(async () => {
  api = await testServices()
})
afterAll(() => api.close())

/** The parts of an export, each with what it is told beside. */
async function partsOf(user_id: string, format: ExportFormat) {
  const { transfer } = api.caller(user_id)
  const parts = [await transfer.export({ format })]
  for (let last = parts[0]; last?.next_cursor; last = parts.at(-1)) {
    parts.push(await transfer.export({ format, cursor: last.next_cursor }))
  }
  return parts
}

async function addTasks(user_id: string, count: number): Promise<void> {
  await api.services.sql({
    text: `INSERT INTO taskwire.task (user_id, title) SELECT $1, 'Task ' || n FROM generate_series(1, $2::int) n`,
    values: [user_id, count],
  })
}

test.each([0, 199, 200, 201])('an export of %d tasks has each once, in parts of 200', async (count) => {
  const user_id = newUser()
  await addTasks(user_id, count)
  const parts = await partsOf(user_id, 'csv')
  expect(parts).toHaveLength(Math.floor(count / 200) + 1)
  const titles = parts.flatMap(({ text }) => text.match(/Task \d+/g) ?? [])
  expect(titles).toEqual(Array.from({ length: count }, (_, n) => `Task ${n + 1}`))
  const file = JSON.parse(await exported(api.caller(user_id), 'json'))
  expect([file.tasks.length, file.trash.length, file.changes.length]).toEqual([count, 0, count])
})

test('every part names the file and its type, and the first alone begins it', async () => {
  const user_id = newUser()
  await addTasks(user_id, 201)
  const parts = await partsOf(user_id, 'ics')
  const file = { file_name: 'tasks.ics', media_type: 'text/calendar; charset=utf-8' }
  expect(parts).toMatchObject([file, file])
  expect(parts.map(({ text }) => text.split('BEGIN:VCALENDAR').length - 1)).toEqual([1, 0])
  expect(parts.map(({ text }) => text.split('END:VCALENDAR').length - 1)).toEqual([0, 1])
})

test('an export says whose it is, what it is, when it was made and with which settings', async () => {
  const user_id = newUser()
  const services = { ...api.services, now: () => new Date('2026-11-21T12:00:00Z') }
  const caller = api.caller(user_id, { services })
  await caller.viewer.update({ time_zone: 'Asia/Kathmandu', remind_time: '08:15' })
  expect(JSON.parse(await exported(caller, 'json'))).toEqual({
    format: 'taskwire',
    version: 1,
    exported_at: '2026-11-21T12:00:00.000Z',
    user_id,
    settings: { time_zone: 'Asia/Kathmandu', remind_time: '08:15' },
    trash: [],
    tasks: [],
    changes: [],
    conversations: [],
  })
})

test('a reminder of a whole day is at the time that the user has set', async () => {
  const caller = api.caller(newUser())
  await caller.viewer.update({ remind_time: '08:15' })
  await caller.task.create({ title: 'Milk', due_date: '2026-12-01', reminders: ['PT0S'] })
  expect(await exported(caller, 'ics')).toContain('TRIGGER;RELATED=END:PT8H15M\r\n')
})

test('only the export as JSON has the trash, and it has it before the tasks', async () => {
  const caller = api.caller(newUser())
  const { id } = await caller.task.create({ title: 'Gone' })
  await caller.task.create({ title: 'Here' })
  await caller.task.delete({ task_id: id })
  for (const format of ['csv', 'ics', 'todotxt'] as const) {
    const text = await exported(caller, format)
    expect([text.includes('Here'), text.includes('Gone')]).toEqual([true, false])
  }
  const file: object = JSON.parse(await exported(caller, 'json'))
  expect(Object.keys(file).slice(-4)).toEqual(['trash', 'tasks', 'changes', 'conversations'])
  expect(file).toMatchObject({
    trash: [{ title: 'Gone', deleted_at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) }],
    tasks: [{ title: 'Here' }],
  })
})

describe('the conversations of an export', () => {
  /** Conversations with two messages each. */
  async function talk(user_id: string, count: number): Promise<void> {
    await api.services.sql({
      text: `WITH talks AS (
          INSERT INTO taskwire.conversation (user_id, title)
          SELECT $1, 'Talk ' || n FROM generate_series(0, $2::int - 1) n RETURNING id, title
        )
        INSERT INTO taskwire.message (user_id, conversation_id, role, content)
        SELECT $1, id, 'user', said || replace(title, 'Talk', '') FROM talks, unnest('{a,b}'::text[]) said ORDER BY id, said`,
      values: [user_id, count],
    })
  }

  test('come in parts of five, each with its own messages in their order', async () => {
    const [user_id, other] = [newUser(), newUser()]
    await talk(user_id, 11)
    await talk(other, 1)
    const parts = await partsOf(user_id, 'json')
    const counts = parts.map(({ text }) => text.match(/"Talk \d+"/g)?.length ?? 0)
    expect(counts.filter((count) => count > 0)).toEqual([5, 5, 1])
    const { conversations } = JSON.parse(parts.map(({ text }) => text).join(''))
    const expected = Array.from({ length: 11 }, (_, n) => ({
      title: `Talk ${n}`,
      messages: [{ content: `a ${n}` }, { content: `b ${n}` }],
    }))
    expect(conversations).toMatchObject(expected)
    expect(conversations[0]).toMatchObject({
      created_at: expect.stringMatching(/\.\d{3}Z$/),
      updated_at: expect.stringMatching(/\.\d{3}Z$/),
      messages: [{ created_at: expect.stringMatching(/\.\d{3}Z$/) }, {}],
    })
  })
})

test('the cursor of an export goes on with that of its user and format alone', async () => {
  const [user_id, other] = [newUser(), newUser()]
  await addTasks(user_id, 201)
  const { next_cursor } = await api.caller(user_id).transfer.export({ format: 'csv' })
  const cursor = next_cursor ?? ''
  expect(await api.caller(user_id).transfer.export({ format: 'csv', cursor })).toMatchObject({ next_cursor: null })
  for (const [who, format] of [
    [other, 'csv'],
    [user_id, 'json'],
    [user_id, 'todotxt'],
  ] as const) {
    const error = await apiErrorOf(api.caller(who).transfer.export({ format, cursor }))
    expect(error).toMatchObject({ reason: 'validation_failed', details: { fields: [{ loc: ['cursor'] }] } })
  }
})

test('a task that is written between two parts is in the export once at most, and no other is missing', async () => {
  const user_id = newUser()
  await addTasks(user_id, 250)
  const caller = api.caller(user_id)
  const first = await caller.transfer.export({ format: 'csv' })
  const [newest] = (await caller.task.list({ limit: 1 })).items
  await caller.task.create({ title: 'Task 251' })
  await caller.task.update({ task_id: newest?.id ?? 0, priority: 'high' })
  const second = await caller.transfer.export({ format: 'csv', cursor: first.next_cursor ?? '' })
  const titles = `${first.text}${second.text}`.match(/Task \d+/g)
  expect(titles).toEqual(Array.from({ length: 251 }, (_, n) => `Task ${n + 1}`))
})

test('no export failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
