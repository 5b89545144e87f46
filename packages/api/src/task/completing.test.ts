import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appRouter } from '../router.ts'
import { operations } from '../core/operations.ts'
import { tools } from '../tools/tools.ts'
import { apiErrorOf, brokenLinks, newUser, testServices, wholeLog, type TestServices } from '../../testing/services.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())

const TODAY = '2026-11-21'
const weekly = { title: 'Rent', due_date: TODAY, recurrence: { rule: 'FREQ=WEEKLY' } }

/** A caller for whom it is `at`, an instant or a day. */
function someone(at = TODAY, user_id = newUser()) {
  const now = new Date(at.includes('T') ? at : `${at}T12:00:00Z`)
  const services = { ...fixture.services, now: () => now }
  const { task, change, viewer } = fixture.caller(user_id, { services })
  return {
    user_id,
    services,
    task,
    change,
    viewer,
    log: () => wholeLog({ change }),
    later: (day: string) => someone(day, user_id),
    /** Pending tasks, newest first. */
    open: async () => (await task.list({ status: 'pending' })).items,
    kinds: async () => (await wholeLog({ change })).map(({ kind, part_of }) => [kind, part_of]),
  }
}
type Someone = ReturnType<typeof someone>

/** Every way to complete a task. */
const ways: Record<string, (user: Someone, task_id: number) => Promise<unknown>> = {
  complete: ({ task }, task_id) => task.complete({ task_id }),
  toggle: ({ task }, task_id) => task.toggle({ task_id }),
  'update with completed': ({ task }, task_id) => task.update({ task_id, completed: true }),
  'update with completed and a date that stays': ({ task }, task_id) =>
    task.update({ task_id, completed: true, due_date: TODAY }),
  'update with a recurrence that stays': async ({ task }, task_id) => {
    const { recurrence } = await task.get({ task_id })
    return task.update({ task_id, completed: true, recurrence })
  },
  batch: ({ task }, task_id) => task.batch({ operations: [{ do: 'complete', task_id }] }),
  'batch, by an update': ({ task }, task_id) =>
    task.batch({ operations: [{ do: 'update', task_id, completed: true }] }),
  'the tool complete_task': async ({ services, user_id }, task_id) => {
    const tool = tools(operations(appRouter)).find(({ name }) => name === 'complete_task')
    await tool?.run({ ...(await fixture.context(user_id, { via: 'mcp' })), services }, { task_id })
  },
  'the tool complete_task in a chat': async ({ services, user_id }, task_id) => {
    const tool = tools(operations(appRouter)).find(({ name }) => name === 'complete_task')
    const ctx = await fixture.context(user_id, { via: 'chat', conversation_id: 1 })
    await tool?.run({ ...ctx, services }, { task_id })
  },
}

describe.each(Object.entries(ways))('%s', (_, complete) => {
  test('completes a recurring task and creates the next one, in two changes', async () => {
    const user = someone()
    const created = await user.task.create({
      ...weekly,
      description: 'both rooms',
      priority: 'high',
      tags: ['home'],
      due_time: '17:00',
      due_zone: 'Europe/Berlin',
      start_date: '2026-11-20',
      reminders: ['PT30M', '2026-11-20T08:00'],
      checklist: [{ id: 'a', text: 'Transfer', done: true }],
    })
    await complete(user, created.id)
    const done = await user.task.get({ task_id: created.id })
    const [next] = await user.open()
    expect(done).toMatchObject({ completed: true, next_task_id: next?.id, series_id: created.id, version: 2 })
    expect(done.checklist).toEqual(created.checklist)
    expect(next).toEqual({
      ...created,
      id: next?.id,
      position: next?.position,
      version: 1,
      created_at: next?.created_at,
      updated_at: next?.updated_at,
      due_date: '2026-11-28',
      due_at: '2026-11-28T16:00:00.000Z',
      start_date: '2026-11-27',
      reminders: ['PT30M', '2026-11-27T08:00'],
      checklist: [{ id: 'a', text: 'Transfer', done: false }],
      recurrence: { ...created.recurrence, occurrence: '2026-11-28', number: 2 },
    })
    const log = await user.log()
    expect(log.map(({ kind, part_of, task_id, via }) => [kind, part_of, task_id, via])).toEqual([
      ['created', null, created.id, 'trpc'],
      ['completed', null, created.id, log[2]?.via],
      ['created', 2, next?.id, log[1]?.via],
    ])
    expect(log[1]?.conversation_id).toBe(log[2]?.conversation_id)
    expect(brokenLinks(log)).toEqual([])
  })

  test('creates nothing for a task that does not recur, or whose rule has ended', async () => {
    const user = someone()
    const { id: plain } = await user.task.create({ title: 'Once', due_date: TODAY })
    const { id: last } = await user.task.create({ ...weekly, recurrence: { rule: 'FREQ=DAILY;UNTIL=20261121' } })
    await complete(user, plain)
    await complete(user, last)
    expect(await user.open()).toEqual([])
    expect(await user.task.get({ task_id: last })).toMatchObject({
      completed: true,
      next_task_id: null,
      series_id: last,
    })
    expect((await user.kinds()).slice(2)).toEqual([
      ['completed', null],
      ['completed', null],
    ])
  })
})

describe('completing', () => {
  test('a task again is a change, and creates nothing', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create(weekly)
    const first = await user.task.complete({ task_id })
    expect(await user.task.complete({ task_id })).toMatchObject({ version: 3, next_task_id: first.next_task_id })
    expect(await user.task.update({ task_id, completed: true, title: 'x' })).toMatchObject({ version: 4 })
    expect(await user.task.update({ task_id, completed: true, due_date: TODAY })).toMatchObject({ version: 5 })
    expect(await user.open()).toHaveLength(1)
  })

  test('a task again with its key answers as at first, and creates nothing', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create(weekly)
    for (const write of [
      (key: string) => user.task.complete({ task_id, idempotency_key: key }),
      (key: string) => user.task.toggle({ task_id, idempotency_key: `toggle ${key}`.replace(' ', '-') }),
      (key: string) => user.task.update({ task_id, completed: true, due_date: TODAY, idempotency_key: `u${key}` }),
    ]) {
      const first = await write('k')
      expect(await write('k')).toEqual(first)
    }
    const log = await user.log()
    // complete and its next one; the toggle reopens, which trashes that; the update completes anew.
    expect(log.map(({ kind }) => kind)).toEqual([
      'created',
      'completed',
      'created',
      'deleted',
      'reopened',
      'completed',
      'created',
    ])
    expect(await user.open()).toHaveLength(1)
  })

  test('together with other fields takes the next task from the task as it will be', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create({ ...weekly, checklist: [{ text: 'one' }] })
    const done = await user.task.update({
      task_id,
      completed: true,
      title: 'Rent!',
      due_date: '2026-11-23',
      due_time: '08:00',
      recurrence: { rule: 'FREQ=MONTHLY' },
      checklist: [{ id: 'b', text: 'two', done: true }],
    })
    expect(done).toMatchObject({ title: 'Rent!', due_date: '2026-11-23', completed: true })
    expect(await user.open()).toMatchObject([
      { title: 'Rent!', due_date: '2026-12-23', due_time: '08:00', checklist: [{ id: 'b', text: 'two', done: false }] },
    ])
  })

  test('and ending the recurrence at once creates nothing', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create(weekly)
    expect(await user.task.update({ task_id, completed: true, recurrence: null })).toMatchObject({ series_id: null })
    expect(await user.open()).toEqual([])
  })

  test('a task that a rule is sent with creates the next one', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create({ title: 'Rent', due_date: TODAY })
    await user.task.update({ task_id, completed: true, recurrence: { rule: 'FREQ=DAILY' } })
    expect(await user.open()).toMatchObject([{ due_date: '2026-11-22', series_id: task_id }])
  })

  test('is refused at another version, with the task as it is', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create(weekly)
    const stale = await apiErrorOf(user.task.complete({ task_id, if_version: 7 }))
    expect(stale).toMatchObject({ reason: 'version_mismatch', details: { current: { id: task_id, version: 1 } } })
    expect(Object.keys(stale.details.current ?? {})).not.toContain('time_zone')
    expect(await user.task.complete({ task_id, if_version: 1 })).toMatchObject({ completed: true, version: 2 })
  })

  test('never finds a task of another user, or one in the trash', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create(weekly)
    for (const complete of Object.values(ways)) {
      expect(await apiErrorOf(complete(someone(), task_id))).toMatchObject({ reason: 'task_not_found' })
    }
    await user.task.delete({ task_id })
    expect(await apiErrorOf(user.task.complete({ task_id }))).toMatchObject({ reason: 'task_not_found' })
  })

  test('of a task that was created completed did not happen: no next task, and reopened it goes on', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create({ ...weekly, completed: true })
    expect(await user.open()).toEqual([])
    expect(await user.task.reopen({ task_id })).toMatchObject({ recurrence: { number: 1 }, series_id: task_id })
    await user.task.complete({ task_id })
    expect(await user.open()).toHaveLength(1)
  })

  test('of a task that was created completed counts as of then, although its rule has ended since', async () => {
    const user = someone()
    const recurrence = { rule: 'FREQ=WEEKLY;UNTIL=20200301' }
    const { id: task_id } = await user.task.create({ ...weekly, due_date: '2020-01-06', recurrence, completed: true })
    await fixture.services.db.$executeRaw`UPDATE taskwire.task SET completed_at = '2020-01-07T12:00:00Z'
      WHERE user_id = ${user.user_id} AND id = ${task_id}`
    expect(await user.task.reopen({ task_id })).toMatchObject({ recurrence: { number: 1 }, series_id: task_id })
  })

  test('fifty times at once, by every way and through two replicas, creates exactly one next task', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create(weekly)
    const other = { ...user, ...fixture.replica().caller(user.user_id) }
    // A batch has a connection of its own, of which one user gets few: more at once are overloaded on a busy machine.
    const others = ['toggle', 'batch', 'batch, by an update']
    const sets = Object.entries(ways).flatMap(([name, way]) => (others.includes(name) ? [] : [way]))
    const batched = ways['batch']?.(user, task_id)
    await Promise.all(
      Array.from({ length: 49 }, async (_, n) => sets[n % sets.length]?.(n % 2 ? user : other, task_id)),
    )
    await batched
    const log = await user.log()
    expect(log.filter(({ kind }) => kind === 'created')).toHaveLength(2)
    expect(await user.task.get({ task_id })).toMatchObject({ completed: true, version: 51 })
    expect(brokenLinks(log)).toEqual([])
  })

  test('in the middle of concurrent edits copies one state of the task', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create(weekly)
    const edits = Array.from({ length: 10 }, (_, n) =>
      user.task.update({ task_id, title: `${n}`, description: `${n}` }),
    )
    await Promise.all([...edits, user.task.complete({ task_id })])
    const log = await user.log()
    const completed = log.find(({ kind }) => kind === 'completed')
    const created = log.find(({ part_of }) => part_of !== null)
    expect(created).toMatchObject({
      seq: (completed?.seq ?? 0) + 1,
      after: { title: completed?.after?.title, description: completed?.after?.description },
    })
  })
})

test('a list shows the tasks of one series, in pages', async () => {
  const user = someone()
  const { id: first } = await user.task.create(weekly)
  await user.task.create({ ...weekly, title: 'another' })
  const { next_task_id: second } = await user.task.complete({ task_id: first })
  const { next_task_id: third } = await user.task.complete({ task_id: second ?? 0 })
  const list = async (input: object) => (await user.task.list({ series_id: first, ...input })).items.map(({ id }) => id)
  expect(await list({})).toEqual([third, second, first])
  expect(await list({ status: 'pending' })).toEqual([third])
  expect(await list({ series_id: 2 ** 40 })).toEqual([])
  const { next_cursor } = await user.task.list({ series_id: first, limit: 2 })
  expect(await list({ limit: 2, cursor: next_cursor ?? '' })).toEqual([first])
  const elsewhere = await apiErrorOf(user.task.list({ limit: 2, cursor: next_cursor ?? '' }))
  expect(elsewhere.reason).toBe('validation_failed')
  expect((await someone().task.list({ series_id: first })).items).toEqual([])
})

describe('reopening', () => {
  const ways = {
    reopen: ({ task }: Someone, task_id: number) => task.reopen({ task_id }),
    toggle: ({ task }: Someone, task_id: number) => task.toggle({ task_id }),
    'update with completed': ({ task }: Someone, task_id: number) => task.update({ task_id, completed: false }),
    'update with completed and a date': ({ task }: Someone, task_id: number) =>
      task.update({ task_id, completed: false, due_date: TODAY }),
  }

  describe.each(Object.entries(ways))('by %s', (_, reopen) => {
    test('moves a next task that nobody touched to the trash, in two changes', async () => {
      const user = someone()
      const created = await user.task.create(weekly)
      const task_id = created.id
      const { next_task_id } = await user.task.complete({ task_id })
      expect(await reopen(user, task_id)).toMatchObject({
        completed: false,
        next_task_id: null,
        series_id: task_id,
        recurrence: created.recurrence,
      })
      expect((await user.open()).map(({ id }) => id)).toEqual([task_id])
      expect((await user.task.list({ status: 'deleted' })).items).toMatchObject([{ id: next_task_id }])
      const log = await user.log()
      expect(log.slice(3).map(({ kind, part_of, task_id: id }) => [kind, part_of, id])).toEqual([
        ['deleted', null, next_task_id],
        ['reopened', 4, task_id],
      ])
      expect(brokenLinks(log)).toEqual([])
    })

    const touches: Record<string, (user: Someone, next: number) => Promise<unknown>> = {
      edited: ({ task }, task_id) => task.update({ task_id, title: 'kept' }),
      completed: ({ task }, task_id) => task.complete({ task_id }),
      deleted: ({ task }, task_id) => task.delete({ task_id }),
      'completed and reopened': async ({ task }, task_id) => {
        await task.complete({ task_id })
        await task.reopen({ task_id })
      },
    }
    test.each(Object.entries(touches))('leaves the series where the next task was %s', async (_name, touch) => {
      const user = someone()
      const { id: task_id } = await user.task.create(weekly)
      const { next_task_id } = await user.task.complete({ task_id })
      await touch(user, next_task_id ?? 0)
      const others = (await user.open()).filter(({ id }) => id !== task_id)
      expect(await reopen(user, task_id)).toMatchObject({
        completed: false,
        recurrence: null,
        series_id: null,
        next_task_id: null,
      })
      expect((await user.open()).filter(({ id }) => id !== task_id)).toEqual(others)
      expect((await user.kinds()).at(-1)).toEqual(['reopened', null])
    })

    test('leaves the series where the rule had ended', async () => {
      const user = someone()
      const { id: task_id } = await user.task.create({ ...weekly, recurrence: { rule: 'FREQ=DAILY;COUNT=1' } })
      await user.task.complete({ task_id })
      expect(await reopen(user, task_id)).toMatchObject({ recurrence: null, series_id: null })
      expect((await user.kinds()).at(-1)).toEqual(['reopened', null])
    })
  })

  test('and completing again leaves one open task', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create(weekly)
    for (let n = 0; n < 3; n++) {
      await user.task.complete({ task_id })
      await user.task.reopen({ task_id })
    }
    const { next_task_id } = await user.task.complete({ task_id })
    expect((await user.open()).map(({ id }) => id)).toEqual([next_task_id])
  })

  test('by an answer that is sent back whole leaves the series all the same', async () => {
    const user = someone()
    const { id: task_id, recurrence } = await user.task.create(weekly)
    const { next_task_id } = await user.task.complete({ task_id })
    await user.task.update({ task_id: next_task_id ?? 0, title: 'kept' })
    const sent = { task_id, title: 'Rent', due_date: TODAY, recurrence, completed: false }
    expect(await user.task.update(sent)).toMatchObject({ recurrence: null, series_id: null })
  })

  test('a rule that is set later, or at once, begins a series of its own', async () => {
    for (const atOnce of [true, false]) {
      const user = someone()
      const { id: first } = await user.task.create(weekly)
      const { next_task_id: second } = await user.task.complete({ task_id: first })
      const { next_task_id: third } = await user.task.complete({ task_id: second ?? 0 })
      await user.task.update({ task_id: third ?? 0, title: 'kept' })
      const recurrence = { rule: 'FREQ=DAILY' }
      for (const task_id of [first, second ?? 0]) {
        await user.task.update({ task_id, completed: false, ...(atOnce ? { recurrence } : {}) })
        if (!atOnce) await user.task.update({ task_id, recurrence })
      }
      const open = await user.open()
      expect(open.map(({ id, series_id }) => [id, series_id])).toEqual([
        [third, first],
        [second, second],
        // Its own id still names the series that the others began in.
        [first, expect.any(Number)],
      ])
      expect(new Set(open.map(({ series_id }) => series_id)).size).toBe(3)
    }
  })

  test('a completed task whose recurrence was ended reopens alone', async () => {
    const user = someone()
    const { id: task_id } = await user.task.create(weekly)
    const { next_task_id } = await user.task.complete({ task_id })
    await user.task.update({ task_id, recurrence: null })
    expect(await user.task.reopen({ task_id })).toMatchObject({ completed: false, next_task_id: null, series_id: null })
    expect((await user.open()).map(({ id }) => id)).toEqual([next_task_id, task_id])
  })
})

describe('the next occurrence', () => {
  /** The due dates that follow each other when a task is completed on these days. */
  async function dates(fields: object, days: readonly string[], settings = {}) {
    const first = someone('2020-01-01')
    await first.viewer.update(settings)
    const { id } = await first.task.create({ title: 'Rent', due_date: TODAY, ...fields })
    let task_id: number | null = id
    const due: (string | null)[] = []
    for (const day of days) {
      if (task_id === null) break
      const user = first.later(day)
      task_id = (await user.task.complete({ task_id })).next_task_id
      due.push(task_id === null ? null : (await user.task.get({ task_id })).due_date)
    }
    return due
  }

  test.each([
    [
      'early: next month, not the next day',
      { due_date: '2026-10-31', recurrence: { rule: 'FREQ=MONTHLY' } },
      ['2026-10-30'],
      ['2026-12-31'],
    ],
    ['late: today is still open', { recurrence: { rule: 'FREQ=DAILY' } }, ['2026-11-25'], ['2026-11-25']],
    [
      'late and each: the day after',
      { recurrence: { rule: 'FREQ=DAILY', next: 'each' } },
      ['2026-11-25', '2026-11-25'],
      ['2026-11-22', '2026-11-23'],
    ],
    [
      'every two weeks',
      { recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2' } },
      [TODAY, '2026-12-05'],
      ['2026-12-05', '2026-12-19'],
    ],
    [
      'a count of days',
      { recurrence: { rule: 'FREQ=DAILY;COUNT=3' } },
      [TODAY, '2026-11-22', '2026-11-23'],
      ['2026-11-22', '2026-11-23', null],
    ],
    [
      'a count of tasks, from completion',
      { recurrence: { rule: 'FREQ=DAILY;COUNT=3', next: 'completion' } },
      ['2026-12-01', '2027-01-01', '2027-02-01'],
      ['2026-12-02', '2027-01-02', null],
    ],
    [
      'from completion, a shorter month',
      { due_date: '2026-01-10', recurrence: { rule: 'FREQ=MONTHLY', next: 'completion' } },
      ['2026-01-31'],
      ['2026-02-28'],
    ],
    [
      'the year 9999',
      { due_date: '9999-12-30', recurrence: { rule: 'FREQ=DAILY' } },
      [TODAY, TODAY],
      ['9999-12-31', null],
    ],
    [
      'a time that has passed today',
      { due_time: '11:59', recurrence: { rule: 'FREQ=DAILY' } },
      ['2026-11-25'],
      ['2026-11-26'],
    ],
    [
      'a time that has not passed today',
      { due_time: '12:00', recurrence: { rule: 'FREQ=DAILY' } },
      ['2026-11-25'],
      ['2026-11-25'],
    ],
  ] as const)('of %s', async (_, fields, days, expected) => {
    expect(await dates(fields, days)).toEqual(expected)
  })

  test('of an overdue one is today where no other clock is given', async () => {
    const { task } = fixture.caller(newUser())
    const today = () => new Date().toISOString().slice(0, 10)
    const before = today()
    const { id } = await task.create({ title: 'Rent', due_date: '2020-01-01', recurrence: { rule: 'FREQ=DAILY' } })
    const { next_task_id } = await task.complete({ task_id: id })
    const { due_date } = await task.get({ task_id: next_task_id ?? 0 })
    expect([before, today()]).toContain(due_date)
  })

  test('counts today in the zone of the task, else in that of the user', async () => {
    const recurrence = { rule: 'FREQ=DAILY', next: 'completion' }
    const late = '2026-11-21T23:30:00Z'
    expect(await dates({ recurrence }, [late])).toEqual(['2026-11-22'])
    expect(await dates({ recurrence }, [late], { time_zone: 'Pacific/Kiritimati' })).toEqual(['2026-11-23'])
    const zoned = { recurrence, due_time: '10:00', due_zone: 'America/Los_Angeles' }
    expect(await dates(zoned, ['2026-11-21T03:00:00Z'], { time_zone: 'Pacific/Kiritimati' })).toEqual(['2026-11-21'])
  })

  test.each([
    ['Europe/Berlin', '2026-03-28', '2026-03-29', '2026-03-29T01:30:00.000Z'],
    ['Europe/Berlin', '2026-10-24', '2026-10-25', '2026-10-25T00:30:00.000Z'],
    ['Australia/Sydney', '2026-10-03', '2026-10-04', '2026-10-03T16:30:00.000Z'],
    ['Australia/Sydney', '2026-04-04', '2026-04-05', '2026-04-04T15:30:00.000Z'],
  ])('from completion keeps its time in %s when the clocks change, %s', async (due_zone, due_date, day, due_at) => {
    const user = someone(`${due_date}T02:00:00Z`)
    const recurrence = { rule: 'FREQ=DAILY', next: 'completion' } as const
    const { id: task_id } = await user.task.create({
      title: 'Night',
      due_date,
      due_time: '02:30',
      due_zone,
      recurrence,
    })
    await user.task.complete({ task_id })
    expect(await user.open()).toMatchObject([{ due_date: day, due_time: '02:30', due_at }])
  })

  test('of one that was moved is neither that day again nor out of rhythm', async () => {
    const user = someone('2026-11-18')
    const recurrence = { rule: 'FREQ=WEEKLY;INTERVAL=2', start: '2026-11-07' }
    const { id: task_id } = await user.task.create({ title: 'Rent', due_date: TODAY, recurrence })
    await user.task.update({ task_id, due_date: '2026-11-18' })
    await user.task.complete({ task_id })
    expect(await user.open()).toMatchObject([{ due_date: '2026-12-05' }])
  })
})
