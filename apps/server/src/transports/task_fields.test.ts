import {
  appRouter,
  operations,
  publicError,
  publishedFields,
  tools,
  type PublishedField,
  type SettableField,
  type Task,
} from '@taskwire/api'
import { newUser, signedToken } from '@taskwire/api/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasksOf, testServer, type TestServer } from '../../testing/server.ts'

// Every field that was added, in every way in which it may be sent, on every transport, with the same outcome. A field
// without samples does not compile.

type OriginalField = 'title' | 'description' | 'completed'

interface Samples {
  /** A value as it is sent, and as it is stored if that differs. */
  readonly valid: unknown
  readonly stored?: unknown
  /** What else the task needs for the field to be valid. */
  readonly with?: Readonly<Record<string, unknown>>
  /** Values that are refused, with the messages. */
  readonly wrongType: readonly [unknown, string]
  readonly wrongValue: readonly [unknown, string]
  readonly tooMuch: readonly [unknown, string]
}

const DATE = 'Must be a date (YYYY-MM-DD)'
const TIME = 'Must be a time (HH:MM, 00:00 to 23:59)'
const REMINDER = 'Must be a duration before due (PT30M, P1D) or a local time (2026-12-01T08:00)'
const PRIORITY = 'Must be high, medium or low'
const ZONE = 'Unknown time zone'
const due = { due_date: '2026-12-24' }

const numbered = (count: number) => Array.from({ length: count }, (_, index) => String(index))

const samples: Record<Exclude<SettableField, OriginalField>, Samples> = {
  priority: { valid: 'high', wrongType: [1, PRIORITY], wrongValue: ['High', PRIORITY], tooMuch: ['highest', PRIORITY] },
  tags: {
    valid: [' Work', 'work', 'Cafe\u0301', 'c++', '日本', '100%_'],
    stored: ['work', 'café', 'c++', '日本', '100%_'],
    wrongType: ['a,b', 'Must be a list'],
    wrongValue: [['a,b'], 'Must not contain a comma'],
    tooMuch: [numbered(21), 'At most 20 tags'],
  },
  due_date: {
    valid: '2028-02-29',
    wrongType: [20_281_231, DATE],
    wrongValue: ['2026-02-30', 'There is no such day'],
    tooMuch: ['2026-01-15T00:00:00.000Z', `${DATE}. The time goes into due_time`],
  },
  due_time: {
    valid: '00:00',
    with: due,
    wrongType: [17, TIME],
    wrongValue: ['24:00', TIME],
    tooMuch: ['17:00:00', TIME],
  },
  due_zone: {
    valid: 'Asia/Calcutta',
    with: { ...due, due_time: '17:00' },
    wrongType: [2, ZONE],
    wrongValue: ['Mars/Olympus', ZONE],
    tooMuch: [`Europe/${'x'.repeat(200)}`, ZONE],
  },
  start_date: {
    valid: '1900-01-01',
    wrongType: [{}, DATE],
    wrongValue: ['0000-01-01', 'There is no such day'],
    tooMuch: ['10000-01-01', DATE],
  },
  reminders: {
    valid: ['P1D', 'PT30M', 'P1D', '2026-12-01T08:00'],
    stored: ['P1D', 'PT30M', '2026-12-01T08:00'],
    with: due,
    wrongType: ['P1D', 'Must be a list'],
    wrongValue: [['P29D'], REMINDER],
    tooMuch: [numbered(6).map((hours) => `PT${hours}H`), 'At most 5 reminders'],
  },
  recurrence: {
    valid: { rule: 'rrule:freq=weekly;byday=mo', next: 'each' },
    stored: {
      rule: 'FREQ=WEEKLY;BYDAY=MO',
      next: 'each',
      start: due.due_date,
      occurrence: due.due_date,
      number: 1,
    },
    with: due,
    wrongType: ['FREQ=DAILY', 'Must be an object with a rule'],
    wrongValue: [{ rule: 'FREQ=DAILY;BYHOUR=9' }, 'BYHOUR is not supported: the time is due_time'],
    tooMuch: [{ rule: `FREQ=DAILY;BYMONTHDAY=${'1,'.repeat(100)}1` }, 'A rule has at most 200 characters'],
  },
  checklist: {
    valid: [{ id: 'a', text: ' Milk ', done: true }],
    stored: [{ id: 'a', text: 'Milk', done: true }],
    wrongType: [{ text: 'Milk' }, 'Must be a list'],
    wrongValue: [
      [
        { id: 'a', text: 'Milk' },
        { id: 'a', text: 'Bread' },
      ],
      'Must not contain an id twice',
    ],
    tooMuch: [numbered(51).map((text) => ({ text })), 'At most 50 items'],
  },
}

type Fields = Readonly<Record<string, unknown>>
/** Writes fields, to a new task unless one is named, and returns `ok` or the code and messages of the error. */
type Write = (server: TestServer, user: string, fields: Fields, task_id?: number) => Promise<string>

const messagesOf = (fields: readonly { msg: string }[]) => fields.map(({ msg }) => msg).join('; ')

const throughRest: Write = async (server, user, fields, task_id) => {
  const method = task_id === undefined ? 'POST' : 'PATCH'
  const { status, json } = await server.as(user)(method, tasksOf(user, task_id), { body: fields })
  return status < 300 ? 'ok' : `${json.code}: ${messagesOf(json.detail)}`
}

const throughTrpc: Write = async (server, user, fields, task_id) => {
  const path = `/trpc/task.${task_id === undefined ? 'create' : 'update'}`
  const { status, json } = await server.as(user)('POST', path, { body: { ...fields, task_id } })
  return status < 300 ? 'ok' : `${json.error.data.reason}: ${messagesOf(json.error.data.fields)}`
}

const mcp = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'fields', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

const throughMcp: Write = async (server, user, fields, task_id) => {
  const name = task_id === undefined ? 'add_task' : 'update_task'
  const { json } = await server.as(user)('POST', '/mcp', {
    headers: {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
    body: {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: { ...fields, task_id }, _meta: mcp },
    },
  })
  const { isError, structuredContent } = json.result
  return isError === true ? `${structuredContent.code}: ${messagesOf(structuredContent.fields)}` : 'ok'
}

const throughChat: Write = async ({ fixture: { services } }, user, fields, task_id) => {
  const name = task_id === undefined ? 'add_task' : 'update_task'
  const tool = tools(operations(appRouter)).find((each) => each.name === name)
  const token = await signedToken({ sub: user })
  const args = task_id === undefined ? fields : { ...fields, task_id }
  return (
    tool?.run({ services, via: 'chat', request_id: 'test', token }, args).then(
      () => 'ok',
      (error: unknown) => {
        const { reason, details } = publicError(error)
        return `${reason}: ${messagesOf(details.fields ?? [])}`
      },
    ) ?? 'no such tool'
  )
}

let server: TestServer
let lenient: TestServer
beforeAll(async () => {
  server = await testServer()
  lenient = await testServer({ UNKNOWN_FIELDS: 'ignore' })
})
afterAll(async () => {
  await server.close()
  await lenient.close()
})

async function latest({ fixture }: TestServer, user: string): Promise<Task> {
  const { items } = await fixture.caller(user).task.list({ limit: 1 })
  if (items[0] === undefined) throw new Error('there is no task')
  return items[0]
}

const published = new Map(Object.entries<PublishedField>(publishedFields))
const added = [...published].flatMap(([name, { added, settable }]) => (added && settable ? [name] : []))

test('every added field has its samples', () => {
  expect(Object.keys(samples)).toEqual(added)
})

describe.each([
  ['REST', throughRest],
  ['tRPC', throughTrpc],
  ['MCP', throughMcp],
  ['chat', throughChat],
])('through %s', (_, write) => {
  test.each(Object.entries(samples))('%s is created, updated, left alone and cleared', async (name, sample) => {
    const user = newUser()
    const { valid, stored = valid, with: needed = {} } = sample
    const empty = published.get(name)?.default
    expect(await write(server, user, { title: 'created', ...needed, [name]: valid })).toBe('ok')
    expect(await latest(server, user)).toMatchObject({ [name]: stored })
    expect(await write(server, user, { title: 'missing', ...needed })).toBe('ok')
    const { id } = await latest(server, user)
    expect(await latest(server, user)).toMatchObject({ [name]: empty })
    expect(await write(server, user, { [name]: valid }, id)).toBe('ok')
    expect(await write(server, user, { title: 'left alone' }, id)).toBe('ok')
    expect(await latest(server, user)).toMatchObject({ [name]: stored, title: 'left alone' })
    expect(await write(server, user, { [name]: empty }, id)).toBe('ok')
    expect(await latest(server, user)).toMatchObject({ [name]: empty, ...needed, version: 4 })
  })

  test.each(Object.entries(samples))('%s is refused where it does not fit', async (name, sample) => {
    const user = newUser()
    const { wrongType, wrongValue, tooMuch, with: needed = {} } = sample
    const { id } = await server.fixture.caller(user).task.create({ title: 'kept', ...needed })
    for (const [value, msg] of [wrongType, wrongValue, tooMuch]) {
      const refused = `validation_failed: ${msg}`
      expect(await write(server, user, { title: 'x', ...needed, [name]: value })).toBe(refused)
      expect(await write(server, user, { title: 'x', [name]: value }, id)).toBe(refused)
    }
    if (published.get(name)?.nullable === false) {
      expect(await write(server, user, { [name]: null }, id)).toMatch(/^validation_failed: /)
    }
    expect(await latest(server, user)).toMatchObject({ id, title: 'kept', version: 1 })
  })
})

describe('an old client', () => {
  test.each(Object.entries(samples))('may send anything as %s', async (name, sample) => {
    const user = newUser()
    const send = lenient.as(user)
    const { wrongType, wrongValue, tooMuch, with: needed = {} } = sample
    for (const [value] of [wrongType, wrongValue, tooMuch]) {
      const { status, json, headers } = await send('POST', tasksOf(user), {
        body: { title: 'x', ...needed, [name]: value },
      })
      const empty = published.get(name)?.default
      expect([status, json[name], headers['taskwire-ignored']]).toEqual([201, empty, name])
    }
  })
})
