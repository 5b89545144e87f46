import { describe, expect, test } from 'vitest'
import type { TaskChange } from '../command.ts'
import { updateOf } from './update.ts'

const clock = { today: '2026-11-18', now: '12:00', zone: 'Europe/Berlin' } as const
const dialogue = { shown: [], ids: new Set<number>(), mentioned: [], pending: [], changes: [] }
const task = (id: number, more = {}) => ({ id, title: `T${id}`, completed: false, ...more })

/** The update of tasks 7 and 8; where they are read, they are these. */
function update(change: TaskChange, stored: readonly object[] = [task(7), task(8)], result: object = {}) {
  const steps = updateOf(change, [{ id: 7 }, { id: 8 }], { clock, dialogue })
  let reads = 0
  let step = steps.next()
  while (!step.done) {
    reads++
    step = steps.next(step.value.map((use) => ({ ...use, result: { tasks: stored, next_cursor: null, ...result } })))
  }
  return { ...step.value, reads }
}

test.each([
  [{ set: 'title', title: 'x' }, { title: 'x' }, 'the title becomes “x”'],
  [{ set: 'description', description: null }, { description: null }, 'the description'],
  [{ set: 'priority', priority: 'high' }, { priority: 'high' }, 'high priority'],
  [{ set: 'priority', priority: null }, { priority: null }, 'no priority'],
  [{ set: 'recurrence', rule: null }, { recurrence: null }, 'it repeats no more'],
  [{ set: 'schedule', schedule: null }, { due_date: null, due_time: null, due_zone: null }, 'no due date'],
  [{ set: 'schedule', schedule: 'tomorrow' }, { due_date: '2026-11-19' }, 'due Thu 19 Nov 2026'],
] as const)('%o sets the fields of each task without reading it', (change, fields, sentence) => {
  expect(update(change)).toEqual({
    uses: [
      { task_id: 7, ...fields },
      { task_id: 8, ...fields },
    ],
    sentence,
    reads: 0,
  })
})

describe('a time or a rule alone', () => {
  const dated = [task(7, { due_date: '2026-12-01' }), task(8, { due_date: null })]

  test('keeps the day that a task has, and gives one to a task without', () => {
    expect(update({ set: 'schedule', schedule: 'at 5pm' }, dated)).toMatchObject({
      uses: [
        { task_id: 7, due_time: '17:00', due_zone: 'Europe/Berlin' },
        { task_id: 8, due_date: '2026-11-18', due_time: '17:00', due_zone: 'Europe/Berlin' },
      ],
      reads: 1,
    })
    const { uses } = { uses: [], ...update({ set: 'schedule', schedule: 'at 5pm' }, dated) }
    expect(uses[0]).not.toHaveProperty('due_date')
    expect(update({ set: 'recurrence', rule: 'every week' }, dated)).toMatchObject({
      uses: [{ recurrence: { rule: 'FREQ=WEEKLY' } }, { due_date: '2026-11-18' }],
    })
  })

  test('changes nothing where the tasks cannot be read, or one is not among them', () => {
    const change = { set: 'schedule', schedule: 'at 5pm' } as const
    expect(update(change, dated.slice(1))).toMatchObject({ reply: expect.stringContaining('newest tasks only') })
    expect(update(change, [], { tasks: undefined, code: 'overloaded' })).toMatchObject({
      reply: expect.stringContaining('I cannot reach your tasks'),
    })
  })
})

test('words that are no day are not understood', () => {
  expect(update({ set: 'schedule', schedule: 'tomorrow maybe' })).toMatchObject({
    reply: 'I do not understand “maybe”, so I have changed nothing.',
  })
})

test('tags are added to those that a task has, in lower case, once each, and others are removed', () => {
  const stored = [task(7, { tags: ['home', 'old'], version: 3 }), task(8)]
  expect(update({ set: 'tags', add: ['Shop', 'HOME'], remove: ['Old'] }, stored)).toMatchObject({
    uses: [
      { task_id: 7, tags: ['home', 'shop'], if_version: 3 },
      { task_id: 8, tags: ['shop', 'home'] },
    ],
    sentence: 'tag #Shop, tag #HOME, no tag #Old',
  })
})
