import { describe, expect, test } from 'vitest'
import type { Filter, Target } from '../command.ts'
import type { CompletedCall } from '../conversation.ts'
import type { Understood } from '../language/understanding.ts'
import type { Outcome, Situation, Steps } from '../steps.ts'
import type { KnownTask } from '../tasks.ts'
import { countTasks, listTasks, showTasks } from './read.ts'

type Result = CompletedCall['result']

const situation: Situation = {
  clock: { today: '2026-11-18', now: '12:00', zone: null },
  dialogue: { shown: [], ids: new Set(), mentioned: [], pending: [], changes: [] },
}
const task = (id: number, more: Partial<KnownTask> = {}): KnownTask => ({
  id,
  title: `Task ${id}`,
  completed: false,
  ...more,
})
const many = (length: number) => Array.from({ length }, (_, n) => task(n + 1))

/** The outcome of steps whose reads are answered with this, and what they read. */
function outcomeOf(steps: Steps<Outcome>, result: Result) {
  const reads: object[] = []
  let step = steps.next()
  while (!step.done) {
    reads.push(...step.value)
    step = steps.next(step.value.map((use): CompletedCall => ({ ...use, result })))
  }
  return { ...step.value, reads }
}
const page = (tasks: readonly KnownTask[], next_cursor: string | null = null) => ({ tasks, next_cursor })
const due = [task(1, { due_date: '2026-11-19' }), task(2, { due_date: '2026-11-20' }), task(3)]
const failed = { code: 'overloaded' }

describe('a count', () => {
  const count = (filter: Filter, result: Result) => outcomeOf(countTasks(filter, situation), result)

  test('is of as many tasks as can be read at once, not of those that a list shows', () => {
    const { reply, reads } = count({ status: 'pending', priority: 'high', tag: 'home' }, page(many(120)))
    expect(reads).toEqual([
      { tool: 'list_tasks', args: { status: 'pending', priority: ['high'], tags: ['home'], limit: 200 } },
    ])
    expect(reply).toBe('You have 120 pending tasks of high priority tagged #home.')
  })

  test.each([
    [0, null, 'You have no tasks.'],
    [1, null, 'You have 1 task.'],
    [200, null, 'You have 200 tasks.'],
    [200, 'cursor', 'You have more than 200 tasks.'],
  ])('of %d tasks with the next cursor %j says: %s', (length, cursor, reply) => {
    expect(count({ status: 'all' }, page(many(length), cursor)).reply).toBe(reply)
  })

  test('of a day is of the tasks that are due then', () => {
    const { reply, reads } = count({ status: 'all', day: 'tomorrow' }, page(due))
    expect(reads).toEqual([{ tool: 'list_tasks', args: { status: 'all', due: 'any', limit: 200 } }])
    expect(reply).toBe('You have 1 task due tomorrow.')
  })

  test('says that the list cannot be read, not that there is no task', () => {
    expect(count({ status: 'all' }, failed).reply).toContain('I cannot reach your tasks')
  })
})

describe('a list', () => {
  const list = (filter: Filter, result: Result) => outcomeOf(listTasks(filter, situation), result)

  test('has one page, says when there are more, and gives each task its number', () => {
    const { reply, reads, shown } = list({ status: 'pending' }, page(due, 'cursor'))
    expect(reads).toEqual([{ tool: 'list_tasks', args: { status: 'pending' } }])
    expect(reply).toContain('These are the newest 3 of your pending tasks; there are more:\n1. Task 1')
    expect(shown).toEqual(due)
  })

  test('of a day shows, and numbers, the tasks that are due then', () => {
    const { reply, shown } = list({ status: 'all', day: 'friday' }, page(due))
    expect(reply).toMatch(/^You have one task due on Friday:\n1\. Task 2/)
    expect(shown).toEqual([due[1]])
  })

  test('without a task, or one that cannot be read, leaves the numbers of the list before', () => {
    expect(list({ status: 'all', day: 'monday' }, page(due))).not.toHaveProperty('shown')
    expect(list({ status: 'all' }, page([]))).toMatchObject({ reply: 'Your list is empty.' })
    const unread = list({ status: 'all' }, failed)
    expect(unread.reply).toContain('I cannot reach your tasks')
    expect(unread).not.toHaveProperty('shown')
  })
})

describe('the details', () => {
  const target: Target = { by: 'id', ids: [2, 3] }
  const understood: Understood = { command: { do: 'show', target }, isGuessed: false, isQuestion: false }
  const show = (result: Result, of: Target = target) => outcomeOf(showTasks(of, understood, situation), result)

  test('of tasks are looked up among the newest 200, the completed too', () => {
    const { reply, reads } = show(page([task(1), task(2, { completed: true }), task(3, { description: 'whole' })]))
    expect(reads).toEqual([{ tool: 'list_tasks', args: { status: 'all', limit: 200 } }])
    expect(reply).toBe('“Task 2” is completed.\n“Task 3” is pending. Description: “whole”')
  })

  test('of a task that was not found are not there, or further back', () => {
    expect(show(page(many(1))).reply).toBe('There is no task 2, 3 on your list.')
    expect(show(page(many(1), 'cursor')).reply).toBe('That task is not among the newest 200.')
    expect(show(failed).reply).toContain('I cannot reach your tasks')
  })

  test('of one of several tasks with the same name are asked about, with their numbers', () => {
    const same = [task(1, { title: 'Milk' }), task(2, { title: 'Milk' })]
    const asked = show(page(same), { by: 'name', name: 'milk', isQuoted: false })
    expect(asked).toMatchObject({ question: { asks: 'task', candidates: same }, shown: same })
  })
})
