import { describe, expect, test } from 'vitest'
import type { TaskOrigin, TaskTimes } from './described_task.ts'
import { newRows, seriesCount } from './new_rows.ts'
import type { ReadTask } from './read_file.ts'

const principal = {
  user_id: 'ann',
  kind: 'api_key',
  scope: 'write',
  actor: 'key:7',
  email: null,
  name: null,
  expires_at: null,
} as const
const now = new Date('2026-11-21T12:00:00.000Z')

interface Given {
  readonly fields?: Partial<ReadTask['fields']>
  readonly times?: TaskTimes
  readonly origin?: Partial<TaskOrigin>
}

function read(given: readonly Given[]): ReadTask[] {
  const none = { id: 0, series_id: null, next_task_id: null, position: undefined, recurrence: null }
  return given.map(({ fields, times, origin }, index) => ({
    task: {
      row: index + 1,
      fields: {},
      lost: [],
      ...(times && { times }),
      ...(origin && { origin: { ...none, ...origin } }),
    },
    fields: { title: `${index + 1}`, ...fields },
    lost: [],
    fingerprint: `print ${index + 1}`,
    formerFingerprint: `former print ${index + 1}`,
  }))
}

/** The rows of these tasks, in the order of the file. The ids begin at 101, those of series at 901. */
function rowsOf(...given: Given[]) {
  const tasks = read(given)
  const ids = [...tasks.map((_, index) => 101 + index), ...given.map((_, index) => 901 + index)]
  const batch = { seq: 5, key: 'k', request: 'hash' }
  const made = newRows(tasks, { ctx: { via: 'rest', principal, conversation_id: 3, batch }, ids, now })
  return made.toSorted((a, b) => a.of.task.row - b.of.task.row)
}
const idsOf = (...given: Given[]) => rowsOf(...given).map(({ row }) => row.id)

describe('the ids', () => {
  test('of lines go from the last to the first, so that the first task of the file is the first of the list', () => {
    expect(idsOf({}, {}, {})).toEqual([103, 102, 101])
  })

  test('of an export follow its manual order', () => {
    const at = (position: unknown) => ({ origin: { position } })
    expect(idsOf(at('b1'), at('a1'), at('B1'))).toEqual([101, 102, 103])
    expect(idsOf(at(7), at('a1'))).toEqual([102, 101])
  })
})

test('the first row alone has the key of the batch, and every row its author', () => {
  const made = newRows(read([{}, {}]), {
    ctx: { via: 'rest', principal, conversation_id: 3, batch: { seq: 5, key: 'k', request: 'hash' } },
    ids: [101, 102],
    now,
  })
  const author = { changed_via: 'rest', changed_actor: 'key:7', changed_conversation_id: 3, changed_batch: 5 }
  expect(made.map(({ row }) => row)).toMatchObject([
    { id: 101, ...author, changed_key: 'k', changed_request: 'hash' },
    { id: 102, ...author, changed_key: null, changed_request: null },
  ])
})

describe('the times', () => {
  const timesOf = (times: TaskTimes, completed = true) => {
    const [made] = rowsOf({ fields: { completed }, times })
    const { created_at, updated_at, completed_at } = made?.row ?? {}
    return { created_at, updated_at, completed_at, deleted_at: made?.deleted_at }
  }

  test('are those of the file, as they are stored', () => {
    const times = {
      created_at: '2020-01-01',
      updated_at: '2020-01-02T10:00:00+02:00',
      completed_at: '2020-01-03T00:00:00Z',
      deleted_at: '2020-01-04T00:00:00.5Z',
    }
    expect(timesOf(times)).toEqual({
      created_at: '2020-01-01T00:00:00.000Z',
      updated_at: '2020-01-02T08:00:00.000Z',
      completed_at: '2020-01-03T00:00:00.000Z',
      deleted_at: '2020-01-04T00:00:00.500Z',
    })
    expect(timesOf(times, false).completed_at).toBeNull()
  })

  test.each([undefined, null, 7, 'soon', '10/12/2020', '2020-99-99', '1899-12-31T23:59:59Z', '9999-01-01T00:00:00Z'])(
    'of %j are now, and a task that is not said to be in the trash is in none',
    (time) => {
      const at = now.toISOString()
      const times = { created_at: time, updated_at: time, completed_at: time, deleted_at: time }
      expect(timesOf(times)).toEqual({ created_at: at, updated_at: at, completed_at: null, deleted_at: undefined })
    },
  )

  test('may lie anywhere from 1900 to 9998', () => {
    const [first, last] = ['1900-01-01T00:00:00.000Z', '9998-12-31T23:59:59.000Z']
    expect(timesOf({ created_at: first, updated_at: last })).toMatchObject({ created_at: first, updated_at: last })
  })
})

const due_date = '2026-12-01'
const recurrence = { rule: 'FREQ=DAILY' }
const recurring = { due_date, recurrence }
const started = { rule: 'FREQ=DAILY', next: 'upcoming', start: due_date, occurrence: due_date, number: 1 }

describe('a recurrence', () => {
  const storedWith = (before: unknown) =>
    rowsOf({ fields: recurring, origin: { recurrence: before } })[0]?.row.recurrence

  test('goes on from the occurrence that the file tells', () => {
    expect(storedWith({ ...started, occurrence: '2026-11-30', number: 1_000_000 })).toEqual({
      ...started,
      occurrence: '2026-11-30',
      number: 1_000_000,
    })
  })

  test.each([
    null,
    'FREQ=DAILY',
    { ...started, rule: 'FREQ=WEEKLY', occurrence: '2026-11-30', number: 4 },
    { ...started, occurrence: '2026-02-30', number: 4 },
    { ...started, occurrence: '2026-11-30', number: 0 },
    { ...started, occurrence: '2026-11-30', number: 1_000_001 },
  ])('begins anew where the file has %j', (before) => {
    expect(storedWith(before)).toEqual(started)
  })

  test('is none where the task does not recur here, and then there is no series', () => {
    const [made] = rowsOf({ origin: { recurrence: started, series_id: 4 } })
    expect(made?.row).toMatchObject({ recurrence: null, series_id: null })
  })
})

describe('a series', () => {
  const of = (series_id: unknown, more: Given = {}): Given => ({
    ...more,
    fields: { ...recurring, ...more.fields },
    origin: { series_id },
  })
  const seriesOf = (...given: Given[]) => rowsOf(...given).map(({ row }) => row.series_id)
  const done = { fields: { completed: true } }

  test('of the file is one here, with a number of its own', () => {
    expect(seriesOf(of(7, done), of(7), of(8, done), of(7, done))).toEqual([901, 901, 902, 901])
    expect(seriesCount(read([of(7), of(7), of(8), of('x'), {}]))).toBe(2)
  })

  test('has one open task: another one begins a series of its own', () => {
    expect(seriesOf(of(7), of(7, done), of(7))).toEqual([103, 901, 901])
  })

  test('keeps the open task that is not in the trash, wherever the two stand', () => {
    const trashed = { times: { deleted_at: '2026-11-01T00:00:00Z' } }
    expect(seriesOf(of(7, trashed), of(7))).toEqual([102, 901])
    expect(seriesOf(of(7), of(7, trashed))).toEqual([901, 101])
  })

  test('that the file names by no number is none', () => {
    expect(seriesOf(of('7'), of([7]), of(null))).toEqual([null, null, null])
  })
})

test('the next task is that of the file with its id here, if the file has it', () => {
  const made = rowsOf(
    { origin: { id: 1, next_task_id: 2 } },
    { origin: { id: 2, next_task_id: 99 } },
    { origin: { id: 3, next_task_id: '1' } },
  )
  expect(made.map(({ row }) => [row.id, row.next_task_id])).toEqual([
    [103, 102],
    [102, null],
    [101, null],
  ])
})
