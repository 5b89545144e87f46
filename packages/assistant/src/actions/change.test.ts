import { describe, expect, test } from 'vitest'
import type { Target, TargetedCommand } from '../command.ts'
import type { KnownTask } from '../tasks.ts'
import { planChange } from './change.ts'

const clock = { today: '2026-11-18', now: '12:00', zone: null } as const
const task = (id: number, completed = false): KnownTask => ({ id, title: `T${id}`, completed })
const many = (length: number) => Array.from({ length }, (_, n) => task(n + 1))

type ChangeCommand = Exclude<TargetedCommand, { readonly do: 'show' }>

interface PlanInput {
  /** What list_tasks answers. */
  readonly listed?: readonly KnownTask[]
  readonly shown?: readonly KnownTask[]
  readonly isGuessed?: boolean
  readonly isQuestion?: boolean
}

function plan(
  command: ChangeCommand,
  { listed = [], shown = [], isGuessed = false, isQuestion = false }: PlanInput = {},
) {
  const dialogue = { shown, ids: new Set<number>(), mentioned: [], pending: [], changes: [] }
  const steps = planChange(command, { command, isGuessed, isQuestion }, { clock, dialogue })
  let step = steps.next()
  while (!step.done)
    step = steps.next(step.value.map((use) => ({ ...use, result: { tasks: listed, next_cursor: null } })))
  return step.value
}

const byId = (...ids: number[]): Target => ({ by: 'id', ids })
const all: Target = { by: 'filter', filter: { status: 'all' } }
const named = (name: string): Target => ({ by: 'name', name, isQuoted: false })
const remove = (target: Target, isVague = false) => ({ do: 'delete', target, isVague }) as const

test.each(['complete', 'reopen'] as const)(
  '%s uses its tool once for each task, however often one is named',
  (verb) => {
    expect(plan({ do: verb, target: byId(7, 8, 7) })).toEqual({
      uses: [7, 8].map((task_id) => ({ tool: `${verb}_task`, args: { task_id } })),
      sentence: `${verb} these 2 tasks: task 7, task 8`,
      needsConsent: false,
    })
  },
)

test('of tasks that are named those are changed that can be, or all where none can', () => {
  const shown = [task(7, true), task(8)]
  const numbers: Target = { by: 'number', numbers: [1, 2], isRange: false }
  const ids = (verb: 'complete' | 'reopen', list: readonly KnownTask[]) => {
    const { uses } = { uses: [], ...plan({ do: verb, target: numbers }, { shown: list }) }
    return uses.map(({ args }: { args: object }) => Object.values(args)[0])
  }
  expect([ids('complete', shown), ids('reopen', shown)]).toEqual([[8], [7]])
  expect(ids('complete', [task(7, true), task(8, true)])).toEqual([7, 8])
})

describe('a change of more than two tasks', () => {
  test('that were not named one by one is asked about', () => {
    expect(plan({ do: 'complete', target: all }, { listed: many(3) })).toMatchObject({ needsConsent: true })
    const change = { set: 'priority', priority: 'high' } as const
    expect(plan({ do: 'update', target: all, change }, { listed: many(3) })).toMatchObject({ needsConsent: true })
    expect(plan({ do: 'complete', target: all }, { listed: many(1) })).toMatchObject({ needsConsent: false })
  })

  test('is of 50 tasks at most', () => {
    expect(plan({ do: 'complete', target: all }, { listed: many(50) })).toHaveProperty('uses.length', 50)
    const refused = { reply: expect.stringMatching(/^That would be more than 50 tasks, so I have changed nothing/) }
    expect(plan({ do: 'complete', target: all }, { listed: many(51) })).toEqual(refused)
    expect(plan(remove(byId(...many(51).map(({ id }) => id))))).toEqual(refused)
  })
})

describe('a deletion', () => {
  test('of one task is asked about where it is not certain that it is meant', () => {
    const asks = (command: ChangeCommand, asked: PlanInput = {}) => ({ needsConsent: false, ...plan(command, asked) })
    expect(asks(remove(byId(7)))).toMatchObject({ needsConsent: false })
    expect(asks(remove(byId(7), true))).toMatchObject({ needsConsent: true })
    expect(asks(remove(byId(7)), { isGuessed: true })).toMatchObject({ needsConsent: true })
    expect(asks(remove(byId(7)), { isQuestion: true })).toMatchObject({ needsConsent: true })
    const listed = [{ ...task(7), title: 'Meeting' }]
    expect(asks(remove(named('meetnig')), { listed })).toMatchObject({ needsConsent: true })
    expect(asks(remove(named('meeting')), { listed })).toMatchObject({ needsConsent: false })
  })

  test('of several is confirmed by the server alone, so that nobody is asked twice', () => {
    expect(plan(remove(byId(7, 8), true), { isQuestion: true })).toMatchObject({ needsConsent: false })
    expect(plan(remove(all), { listed: many(3) })).toMatchObject({ needsConsent: false })
  })
})

describe('an update', () => {
  test('without a new title asks for it, before it looks for the task', () => {
    expect(plan({ do: 'update', target: named('milk'), change: { set: 'nothing' } })).toMatchObject({
      reply: 'What should the new title be?',
      question: { asks: 'title' },
    })
  })

  test('gives one title to one task only', () => {
    const change = { set: 'title', title: 'Bread' } as const
    expect(plan({ do: 'update', target: byId(7), change })).toEqual({
      uses: [{ tool: 'update_task', args: { task_id: 7, title: 'Bread' } }],
      sentence: 'change task 7: the title becomes “Bread”',
      needsConsent: false,
    })
    expect(plan({ do: 'update', target: byId(7, 8), change })).toMatchObject({ question: { asks: 'task' } })
  })

  test('that is not understood changes nothing, nor does one whose task is not found', () => {
    const change = { set: 'schedule', schedule: 'soon' } as const
    expect(plan({ do: 'update', target: byId(7), change })).toEqual({
      reply: 'I do not understand “soon”, so I have changed nothing.',
    })
    expect(plan({ do: 'update', target: named('milk'), change })).toEqual({
      reply: expect.stringContaining('I found no task that matches “milk”'),
    })
  })

  test('that reads like a question is asked about', () => {
    const change = { set: 'priority', priority: null } as const
    expect(plan({ do: 'update', target: byId(7), change }, { isQuestion: true })).toMatchObject({ needsConsent: true })
  })
})
