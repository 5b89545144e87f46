import { afterAll, describe, expect, test } from 'vitest'
import { apiErrorOf, newUser, testServices, wholeLog } from '../../testing/services.ts'
import { contentOf, exported, imported } from '../../testing/transfers.ts'

const api = await testServices()
afterAll(api.close)

const THREE = 'title,priority,due_date\nBread,high,2026-12-01\nMilk,urgent,\n,low,\n'

describe('an import', () => {
  test('reports row by row what came, what has no place and what is no task', async () => {
    const user = api.caller(newUser())
    const report = await imported(user, 'csv', THREE)
    expect(report).toMatchObject({
      created: 2,
      skipped: 0,
      first_seq: 1,
      last_seq: 2,
      rows: [
        { row: 1, title: 'Bread', result: 'created' },
        { row: 2, title: 'Milk', result: 'created', lost: ['priority'] },
        { row: 3, title: '', result: 'failed', reason: 'it has no title' },
      ],
    })
    const { items } = await user.task.list({ sort: 'position' })
    expect(items.map(({ id, title, priority }) => ({ id, title, priority }))).toEqual([
      { id: report.rows[0]?.task_id, title: 'Bread', priority: 'high' },
      { id: report.rows[1]?.task_id, title: 'Milk', priority: null },
    ])
  })

  test('is one batch in the log', async () => {
    const user = api.caller(newUser())
    await user.task.create({ title: 'Before' })
    await imported(user, 'csv', THREE)
    const log = await wholeLog(user)
    expect(log.map(({ seq, kind, batch, via }) => ({ seq, kind, batch, via }))).toEqual([
      { seq: 1, kind: 'created', batch: null, via: 'trpc' },
      { seq: 2, kind: 'created', batch: 2, via: 'trpc' },
      { seq: 3, kind: 'created', batch: 2, via: 'trpc' },
    ])
  })

  test('that is repeated adds nothing, and what was deleted since stays deleted', async () => {
    const user = api.caller(newUser())
    const { rows } = await imported(user, 'csv', THREE)
    await user.task.delete({ task_id: rows[0]?.task_id ?? 0 })
    expect(await imported(user, 'csv', THREE)).toMatchObject({
      created: 0,
      skipped: 2,
      first_seq: null,
      rows: [
        { result: 'skipped', reason: 'it was imported before' },
        { result: 'skipped', reason: 'it was imported before' },
        { result: 'failed' },
      ],
    })
    expect(await contentOf(user)).toHaveLength(1)
  })

  test('that was undone can be repeated', async () => {
    const user = api.caller(newUser())
    const { first_seq, last_seq } = await imported(user, 'csv', THREE)
    await user.change.undo({ seq: first_seq ?? 0, through: last_seq ?? 0 })
    expect(await contentOf(user)).toEqual([])
    expect(await imported(user, 'csv', THREE)).toMatchObject({ created: 2, skipped: 0 })
    expect(await imported(user, 'csv', THREE)).toMatchObject({ created: 0, skipped: 2 })
  })

  test('with dry_run answers the same without ids, and writes nothing', async () => {
    const user = api.caller(newUser())
    const dry = await user.transfer.import({ source: 'csv', file: THREE, dry_run: true })
    expect(await wholeLog(user)).toEqual([])
    const { rows, ...counts } = await imported(user, 'csv', THREE)
    // An undefined field is an absent one here.
    expect(dry).toEqual({
      ...counts,
      first_seq: null,
      last_seq: null,
      rows: rows.map((row) => ({ ...row, task_id: undefined })),
    })
  })

  test('with a key answers a repeat as the first time, and refuses another file', async () => {
    const user = api.caller(newUser())
    const input = { source: 'csv', file: THREE, idempotency_key: 'import-1' } as const
    const first = await user.transfer.import(input)
    expect(first.created).toBe(2)
    expect(await user.transfer.import(input)).toEqual(first)
    const other = await apiErrorOf(user.transfer.import({ ...input, file: 'title\nother' }))
    expect(other.reason).toBe('idempotency_key_reused')
  })

  test('at the same time as its repeat creates each task once', async () => {
    const user = api.caller(newUser())
    const reports = await Promise.all(Array.from({ length: 4 }, () => imported(user, 'csv', THREE)))
    expect(reports.map(({ created }) => created).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 2])
    expect(await contentOf(user)).toHaveLength(2)
  })

  test("of one's own export adds nothing, in any format", async () => {
    const user = api.caller(newUser())
    await user.task.create({ title: 'Bread', due_date: '2026-12-01', recurrence: { rule: 'FREQ=DAILY' } })
    const { id } = await user.task.create({ title: 'Milk' })
    await user.task.complete({ task_id: id })
    for (const [format, source] of [
      ['json', 'taskwire'],
      ['csv', 'csv'],
      ['ics', 'ics'],
      ['todotxt', 'todotxt'],
    ] as const) {
      const report = await imported(user, source, await exported(user, format))
      expect([format, report]).toMatchObject([format, { created: 0, skipped: 2, first_seq: null }])
    }
  })

  test('of two equal lines creates two tasks', async () => {
    const user = api.caller(newUser())
    expect(await imported(user, 'csv', 'title\nMilk\nMilk\n')).toMatchObject({ created: 2 })
    expect(await imported(user, 'csv', 'title\nMilk\nMilk\n')).toMatchObject({ created: 0, skipped: 2 })
  })

  test('keeps a title that is too long in the description', async () => {
    const user = api.caller(newUser())
    const { rows } = await imported(user, 'csv', `title,description\n${'long '.repeat(50)},note\n`)
    expect(rows).toMatchObject([{ result: 'created', lost: ['title beyond 200 characters'] }])
    const [task] = (await user.task.list({})).items
    expect(task?.title).toHaveLength(200)
    expect(task?.description).toBe(`${'long '.repeat(50).trim()}\n\nnote`)
  })

  test('keeps series, so that an open task goes on in the one of its completed ones', async () => {
    const [owner, other] = [api.caller(newUser()), api.caller(newUser())]
    const made = await owner.task.create({
      title: 'Water',
      due_date: '2026-12-01',
      recurrence: { rule: 'FREQ=DAILY', next: 'each' },
    })
    await owner.task.complete({ task_id: made.id })
    await imported(other, 'taskwire', await exported(owner, 'json'))
    const { items } = await other.task.list({ sort: 'due_date' })
    const [first, second] = items
    expect(items).toMatchObject([
      { due_date: '2026-12-01', completed: true, next_task_id: second?.id, recurrence: { number: 1 } },
      { due_date: '2026-12-02', completed: false, series_id: first?.series_id, recurrence: { number: 2 } },
    ])
    // Reopening the first takes the untouched second back, as in the account that it comes from.
    await other.task.reopen({ task_id: first?.id ?? 0 })
    expect(await contentOf(other)).toMatchObject([{ due_date: '2026-12-01', completed: false }])
  })

  test('with tasks in the trash is undone as a whole', async () => {
    const [owner, other] = [api.caller(newUser()), api.caller(newUser())]
    for (const title of ['Bread', 'Milk', 'Eggs']) await owner.task.create({ title })
    await owner.task.delete({ task_id: (await owner.task.list({})).items[0]?.id ?? 0 })
    const { first_seq, last_seq } = await imported(other, 'taskwire', await exported(owner, 'json'))
    expect(await contentOf(other)).toHaveLength(2)
    expect(await contentOf(other, 'deleted')).toMatchObject([{ title: 'Eggs' }])
    await other.change.undo({ seq: first_seq ?? 0, through: last_seq ?? 0 })
    expect(await contentOf(other)).toEqual([])
  })
})

describe('an import of many tasks', () => {
  const lines = (count: number) => `title\n${Array.from({ length: count }, (_, n) => `Task ${n}`).join('\n')}`

  test('tells how many of them are written after each statement', async () => {
    const told: number[][] = []
    const user = api.caller(newUser(), { onProgress: (written, total) => told.push([written, total]) })
    expect(await imported(user, 'csv', lines(1001))).toMatchObject({ created: 1001, first_seq: 1, last_seq: 1001 })
    expect(told).toEqual([
      [500, 1001],
      [1000, 1001],
      [1001, 1001],
    ])
    const { items } = await user.task.list({ sort: 'position', limit: 3 })
    expect(items.map(({ title }) => title)).toEqual(['Task 0', 'Task 1', 'Task 2'])
  })

  test('that is repeated at once with its key answers each time as at first', async () => {
    const user_id = newUser()
    const input = { source: 'csv', file: lines(30), idempotency_key: 'k' } as const
    const replicas = [api, api.replica()]
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => (replicas[n % 2] ?? api).caller(user_id).transfer.import(input)),
    )
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]).toMatchObject({ created: 30, first_seq: 1, last_seq: 30 })
    expect(await wholeLog(api.caller(user_id))).toHaveLength(30)
  })
})

test('a file with a task twice is told so', async () => {
  const todo = 'BEGIN:VTODO\r\nUID:1\r\nSUMMARY:Milk\r\nEND:VTODO\r\n'
  const report = await imported(api.caller(newUser()), 'ics', `BEGIN:VCALENDAR\r\n${todo}${todo}END:VCALENDAR\r\n`)
  expect(report).toMatchObject({
    created: 1,
    skipped: 1,
    rows: [{ result: 'created' }, { result: 'skipped', reason: 'it is in the file twice' }],
  })
})

test('the uid of a task of another account is no task that is here already', async () => {
  const [owner, other] = [api.caller(newUser()), api.caller(newUser())]
  await owner.task.create({ title: 'Milk' })
  const file = await exported(owner, 'todotxt')
  const own = await imported(owner, 'todotxt', file)
  expect(own.rows).toMatchObject([{ result: 'skipped', reason: 'it is here already' }])
  expect(await imported(other, 'todotxt', file)).toMatchObject({ created: 1 })
})

test.each(['2147483647', '2147483648', '4294967296', '9999999999'])(
  'the uid of a task %s that does not exist is no task that is here already',
  async (id) => {
    const user = api.caller(newUser())
    await user.task.create({ title: 'Milk' })
    const file = (await exported(user, 'todotxt')).replace(/id:\d+-/, `id:${id}-`)
    expect(await imported(user, 'todotxt', file)).toMatchObject({ created: 1, skipped: 0 })
  },
)

test('the task with the largest id that there is is here already', async () => {
  const user_id = newUser()
  const user = api.caller(user_id)
  await api.services.db.task.create({ data: { user_id, id: 2 ** 31 - 1, title: 'Milk' } })
  const report = await imported(user, 'todotxt', await exported(user, 'todotxt'))
  expect(report.rows).toMatchObject([{ result: 'skipped', reason: 'it is here already' }])
})

test('what is imported as trash was deleted when the file says, by the same batch', async () => {
  const [owner, other] = [api.caller(newUser()), api.caller(newUser(), { via: 'rest' })]
  const { id } = await owner.task.create({ title: 'Milk' })
  await owner.task.delete({ task_id: id })
  const [deleted] = (await owner.task.list({ status: 'deleted' })).items
  await other.task.create({ title: 'Before' })
  const report = await imported(other, 'taskwire', await exported(owner, 'json'))
  expect(report).toMatchObject({ created: 1, first_seq: 2, last_seq: 3 })
  expect((await other.task.list({ status: 'deleted' })).items).toMatchObject([
    { title: 'Milk', deleted_at: deleted?.deleted_at },
  ])
  const log = await wholeLog(other)
  expect(log.slice(1)).toMatchObject([
    { kind: 'created', via: 'rest', batch: 2 },
    { kind: 'deleted', via: 'rest', batch: 2 },
  ])
})

test("the day and the zone of a file's dates are the user's", async () => {
  const services = { ...api.services, now: () => new Date('2026-12-31T20:00:00Z') }
  const user = api.caller(newUser(), { services })
  await user.viewer.update({ time_zone: 'Asia/Kathmandu' })
  await imported(user, 'todoist', 'TYPE,CONTENT,DATE\ntask,Milk,today\n')
  await imported(user, 'ticktick', 'List Name,Title,Due Date\nx,Bread,2026-12-31T20:00:00+0000\n')
  const { items } = await user.task.list({ order: 'asc' })
  expect(items).toMatchObject([
    { title: 'Milk', due_date: '2027-01-01' },
    { title: 'Bread', due_date: '2027-01-01', due_time: '01:45', due_zone: 'Asia/Kathmandu' },
  ])
})

test('the title of a row that is no task is reported in 200 characters that can be stored', async () => {
  const user = api.caller(newUser())
  const input = { source: 'csv', file: `title\nMilk\n${'\0'.repeat(300)}\n`, idempotency_key: 'k' } as const
  const report = await user.transfer.import(input)
  expect(report.rows).toMatchObject([{ result: 'created' }, { row: 2, result: 'failed', reason: 'it has no title' }])
  expect(report.rows[1]?.title.length).toBeLessThanOrEqual(200)
  expect(await user.transfer.import(input)).toEqual(report)
})

describe('what a file says of its own ids and days', () => {
  const recurring = (more: object, recurrence: object) =>
    JSON.stringify([
      {
        id: 1,
        user_id: 'x',
        created_at: '2026-01-01T00:00:00Z',
        title: 'Water',
        due_date: '2026-12-01',
        recurrence: { rule: 'FREQ=DAILY', next: 'each', start: '2026-12-01', ...recurrence },
        ...more,
      },
    ])

  test('takes no more ids than it has tasks and series', async () => {
    const user = api.caller(newUser())
    const series_id = Array.from({ length: 5000 }, (_, index) => index)
    const { rows } = await imported(user, 'taskwire', recurring({ series_id }, {}))
    const after = await user.task.create({ title: 'After' })
    expect(after.id - (rows[0]?.task_id ?? 0)).toBeLessThan(1000)
  })

  test.each([
    { occurrence: '2026-99-99', number: 2 },
    { occurrence: '2026-12-01', number: Number.MAX_SAFE_INTEGER },
    { occurrence: '2026-12-01', number: -5 },
  ])('leaves %j aside: the task can be completed', async (recurrence) => {
    const user = api.caller(newUser())
    const { rows } = await imported(user, 'taskwire', recurring({}, recurrence))
    await user.task.complete({ task_id: rows[0]?.task_id ?? 0 })
    expect((await user.task.list({ sort: 'due_date' })).items).toMatchObject([
      { due_date: '2026-12-01', recurrence: { number: 1 } },
      { due_date: '2026-12-02', recurrence: { number: 2 } },
    ])
  })
})

describe('a file that cannot be read', () => {
  test.each([
    ['taskwire', '', 'the file is empty'],
    ['taskwire', '{"tasks":', 'it is not valid JSON'],
    ['taskwire', '{"format":"other","tasks":[]}', 'it is no export of Taskwire'],
    ['csv', '', 'the file is empty'],
    ['csv', 'name it\nMilk', 'there is no column "title"'],
    ['csv', 'title\n"Milk', 'line 2: a quote is not closed'],
    ['csv', 'title\n"Milk"x\n', 'line 2: text after a closing quote'],
    ['csv', 'PK\u0003\u0004rest', 'it is a ZIP archive: unpack it first'],
    ['ics', 'title\nMilk', 'it is no calendar'],
    ['ics', 'BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\n', 'BEGIN:VTODO is never ended'],
    ['ics', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n', 'events, but no to-dos'],
    ['todotxt', '\n \n', 'the file has no tasks'],
    ['todoist', 'title\nMilk', 'no columns TYPE and CONTENT'],
    ['ticktick', 'title\nMilk', 'no columns List Name and Title'],
    ['google', '{"kind":"other"}', 'it is no Takeout of Google Tasks'],
    ['mstodo', '{"value":[{"name":"x"}]}', 'no lists with tasks'],
    ['mstodo', 'title\nMilk', 'no columns Subject and Due Date'],
  ] as const)('as %s leaves nothing: %j', async (source, file, message) => {
    const user = api.caller(newUser())
    const { reason, details } = await apiErrorOf(imported(user, source, file))
    expect({ reason, msg: details.fields?.[0]?.msg }).toEqual({
      reason: 'import_unreadable',
      msg: expect.stringContaining(message),
    })
    expect(await wholeLog(user)).toEqual([])
  })

  test('with more than 10,000 tasks is refused as a whole', async () => {
    const user = api.caller(newUser())
    const { details } = await apiErrorOf(imported(user, 'csv', `title\n${'Milk\n'.repeat(10_001)}`))
    expect(details.fields?.[0]?.msg).toContain('more than 10000 tasks')
  })
})

test('no import failed with an unexpected error', () => {
  expect(api.logged).toEqual([])
})
