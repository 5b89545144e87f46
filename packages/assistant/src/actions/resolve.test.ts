import { describe, expect, test } from 'vitest'
import type { CompletedCall } from '../conversation.ts'
import type { Target } from '../command.ts'
import type { KnownTask } from '../tasks.ts'
import type { Steps, ToolUse } from '../steps.ts'
import { MAX_TASKS, resolve, type Resolution, type Wanted } from './resolve.ts'

const task = (id: number, title = `Task ${id}`, completed = false): KnownTask => ({ id, title, completed })
const clock = { today: '2026-11-18', now: '12:00', zone: null } as const

interface Given {
  readonly shown?: readonly KnownTask[] | undefined
  readonly ids?: readonly number[]
  readonly mentioned?: readonly number[]
}

/** A list that is given as undefined is not known; without one none was shown. */
function situation({ ids = [], mentioned = [], ...given }: Given) {
  const shown = 'shown' in given ? given.shown : []
  return { clock, dialogue: { shown, ids: new Set(ids), mentioned, pending: [], changes: [] } }
}

/** What a target means; each search is answered by `list`, and its arguments are kept. */
function resolved(target: Target, given: Given = {}, list: (use: ToolUse) => object = () => ({}), wanted: Wanted = {}) {
  const steps: Steps<Resolution> = resolve(target, wanted, situation(given))
  const searches: object[] = []
  let step = steps.next()
  while (!step.done) {
    const calls = step.value.map((use): CompletedCall => {
      searches.push(use.args)
      return { ...use, result: { next_cursor: null, tasks: [], ...list(use) } }
    })
    step = steps.next(calls)
  }
  return { resolution: step.value, searches }
}
const ids = (resolution: Resolution) => ('tasks' in resolution ? resolution.tasks.map(({ id }) => id) : resolution)

const number = (...numbers: number[]) => ({ by: 'number', numbers, isRange: false }) as const
const position = (...positions: number[]): Target => ({ by: 'position', positions, isRange: false })
const three = [task(7), task(8), task(9)]

describe('a number', () => {
  test('is that of the list that was shown last', () => {
    expect(ids(resolved(number(1, 3), { shown: three }).resolution)).toEqual([7, 9])
  })

  test('is an id where no list was shown, or where a tool has told it', () => {
    expect(ids(resolved(number(41)).resolution)).toEqual([41])
    expect(ids(resolved(number(41), { shown: three, ids: [41] }).resolution)).toEqual([41])
  })

  test.each([
    [number(41), { shown: three }, 'The list above has only 3 tasks'],
    [number(2), { shown: three.slice(0, 1) }, 'The list above has only one task'],
    [number(1, 41), { shown: three, ids: [41] }, 'The list above has only 3 tasks'],
    [{ ...number(41), isRange: true }, { shown: three, ids: [41] }, 'The list above has only 3 tasks'],
    [{ ...number(41), isRange: true }, {}, 'I do not know which tasks you mean'],
  ] as const)('beyond the list changes nothing: %#', (target, given, reply) => {
    expect(resolved(target, given).resolution).toMatchObject({ reply: expect.stringContaining(reply) })
  })

  test.each([
    ['number', number(1)],
    ['position', position(1)],
  ])('of a list that is not known any more changes nothing: a %s', (_, target) => {
    expect(resolved(target, { shown: undefined, ids: [1] }).resolution).toEqual({
      reply: expect.stringMatching(/^I do not know which tasks you mean/),
    })
  })

  test('of a range means tasks that were not named one by one', () => {
    const { resolution } = resolved({ ...number(1, 2), isRange: true }, { shown: three })
    expect(resolution).toMatchObject({ isBulk: true })
    expect(resolved(number(1, 2), { shown: three }).resolution).toMatchObject({ isBulk: false })
  })
})

test('a position counts from 1, and from the end; one beyond the list is asked about', () => {
  expect(ids(resolved(position(1, -1, -3), { shown: three }).resolution)).toEqual([7, 9, 7])
  for (const beyond of [4, -4]) {
    expect(resolved(position(1, beyond), { shown: three }).resolution).toEqual({ candidates: three })
  }
})

test('“it” is one task, “them” are all that were mentioned, and more than two are not changed without asking', () => {
  const mention = (all: boolean): Target => ({ by: 'mention', all })
  expect(ids(resolved(mention(false), { mentioned: [7], shown: three }).resolution)).toEqual([7])
  expect(resolved(mention(false), { mentioned: [7, 8] }).resolution).toEqual({ candidates: [] })
  expect(resolved(mention(true), {}).resolution).toEqual({ candidates: [] })
  expect(resolved(mention(true), { mentioned: [7, 8] }).resolution).toMatchObject({ isBulk: false })
  expect(resolved(mention(true), { mentioned: [7, 8, 9] }).resolution).toMatchObject({ isBulk: true })
})

describe('all of a kind', () => {
  const all: Target = { by: 'filter', filter: { status: 'all' } }
  const many = (length: number) => Array.from({ length }, (_, n) => task(n + 1))

  test('are those that the command can still change', () => {
    const { searches } = resolved(all, {}, () => ({ tasks: three }), { changeable: 'pending' })
    expect(searches).toEqual([{ status: 'pending' }])
  })

  test.each([
    [MAX_TASKS, null, false],
    [MAX_TASKS + 1, null, true],
    [3, 'cursor', true],
  ])('of %d tasks are too many: the next cursor is %j', (length, next_cursor, more) => {
    expect(resolved(all, {}, () => ({ tasks: many(length), next_cursor })).resolution).toMatchObject({
      more,
      isBulk: true,
    })
  })

  test('that are none change nothing, and one is no bulk', () => {
    expect(resolved(all).resolution).toMatchObject({ reply: expect.stringContaining('so I have changed nothing') })
    expect(resolved(all, {}, () => ({ tasks: many(1) })).resolution).toMatchObject({ isBulk: false, more: false })
  })

  test('of a day are filtered here', () => {
    const due = [
      { ...task(1), due_date: '2026-11-18' },
      { ...task(2), due_date: '2026-11-19' },
      { ...task(3), due_date: '2026-11-20' },
      task(4),
    ]
    const tomorrow: Target = { by: 'filter', filter: { status: 'all', day: 'tomorrow' } }
    const found = resolved(tomorrow, {}, () => ({ tasks: due }))
    expect(ids(found.resolution)).toEqual([2])
    expect(found.searches).toEqual([{ status: 'all', due: 'any', limit: 200 }])
  })
})

describe('a name', () => {
  const name = (text: string, more: object = {}): Target => ({ by: 'name', name: text, isQuoted: false, ...more })
  const milk = [task(1, 'Buy milk'), task(2, 'Buy oat milk', true)]

  test('is searched for, then its longest word, then the whole list, of 200 tasks each', () => {
    expect(resolved(name('the milk bottle')).searches).toEqual([
      { search: 'the milk bottle', limit: 200 },
      { search: 'bottle', limit: 200 },
      { status: 'all', limit: 200 },
    ])
    const [{ search = '' }] = resolved(name('x'.repeat(500))).searches as [{ search?: string }]
    expect(search).toHaveLength(200)
  })

  test('that is long is searched for by 200 whole characters', () => {
    const [first] = resolved(name(`${'x'.repeat(199)}😀😀`)).searches
    expect(first).toEqual({ search: `${'x'.repeat(199)}😀`, limit: 200 })
  })

  test('that is similar only counts when the whole list was looked at', () => {
    const byName = resolved(name('mlik'), {}, () => ({ tasks: [task(3, 'Milking')] }))
    expect(byName.resolution).toMatchObject({ reply: expect.stringContaining('I found no task that matches') })
    const guessed = resolved(name('meetnig'), {}, () => ({ tasks: [task(3, 'Meeting')] }))
    expect(guessed.searches).toEqual([
      { search: 'meetnig', limit: 200 },
      { status: 'all', limit: 200 },
    ])
    expect(guessed.resolution).toMatchObject({ isGuessed: true, tasks: [{ id: 3 }] })
  })

  test('of several tasks means the one that can still be changed, else it is asked about', () => {
    const list = () => ({ tasks: milk })
    expect(ids(resolved(name('milk'), {}, list, { changeable: 'pending' }).resolution)).toEqual([1])
    expect(ids(resolved(name('milk'), {}, list, { changeable: 'completed' }).resolution)).toEqual([2])
    expect(resolved(name('milk'), {}, list).resolution).toEqual({ candidates: milk })
  })

  test('with an exception is not understood, unless it is quoted or a whole title', () => {
    const list = () => ({ tasks: [task(1, 'All except milk')] })
    const reply = { reply: expect.stringContaining('I do not understand') }
    expect(resolved(name('everything except milk'), {}, list).resolution).toMatchObject(reply)
    expect(ids(resolved(name('all except milk'), {}, list).resolution)).toEqual([1])
  })

  test('that lists several counts where each part means one task', () => {
    const parts = [name('milk'), name('bread')]
    const both = name('milk and bread', { parts })
    const list = ({ args }: ToolUse) => ({
      tasks: [task(1, 'Milk'), task(2, 'Bread')].filter(({ title }) => title.toLowerCase() === args['search']),
    })
    expect(ids(resolved(both, {}, list).resolution)).toEqual([1, 2])
    const half = name('milk and eggs', { parts: [name('milk'), name('eggs')] })
    expect(resolved(half, {}, list).resolution).toMatchObject({ reply: expect.stringContaining('“eggs”') })
  })

  test('cannot be looked for where the list cannot be read', () => {
    const failed = resolved(name('milk'), {}, () => ({ tasks: undefined, code: 'overloaded' }))
    expect(failed.resolution).toMatchObject({ reply: expect.stringContaining('I cannot reach your tasks') })
  })
})
