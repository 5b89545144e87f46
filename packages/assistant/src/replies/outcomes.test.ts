import { describe, expect, test } from 'vitest'
import { outcomeText, undoText } from './outcomes.ts'

const call = (result: object, tool = 'complete_task', args: object = {}) => ({
  tool,
  args: { ...args },
  result: { ...result },
})
const done = (title: string, status = 'completed', tool?: string, args?: object) =>
  call({ task_id: 1, status, title }, tool, args)
const failed = (code: string, tool?: string, more = {}) => call({ code, ...more }, tool, { task_id: 41 })

describe('an outcome', () => {
  test('names what was done, several tasks of a kind together', () => {
    expect(outcomeText([done('Milk')])).toBe('Completed “Milk”.')
    expect(outcomeText([done('Milk'), done('a\nb', 'deleted'), done('Bread')])).toBe(
      'Completed 2 tasks: “Milk”, “Bread”. Deleted “a b”.',
    )
    expect(outcomeText([])).toBe('Done.')
  })

  test('names what was set and what was cleared', () => {
    const set = { due_date: '2026-11-27', due_time: '17:00', priority: 'high', tags: ['home', 'two words'] }
    expect(outcomeText([done('Milk', 'created', 'add_task', set)])).toBe(
      'Added “Milk”, due Fri 27 Nov 2026 17:00, high priority, #home, #"two words".',
    )
    const cleared = { due_date: null, priority: null, recurrence: null }
    expect(outcomeText([done('Milk', 'updated', 'update_task', cleared)])).toBe(
      'Changed “Milk”, no due date, no priority, no repetition.',
    )
    expect(outcomeText([done('Milk', 'completed', 'complete_task', set)])).toBe('Completed “Milk”.')
  })

  test('counts what an undo took back together', () => {
    const undo = (undone: object[]) => call({ task_id: 1, status: 'undone', title: 'Milk', undone }, 'undo')
    expect(outcomeText([undo([{}, {}, {}])])).toBe('Undid 3 changes.')
    expect(outcomeText([undo([{}])])).toBe('Undid the last change to “Milk”.')
  })

  test.each([
    [failed('task_not_found'), 'There is no task 41 on your list.'],
    [failed('change_not_found', 'undo'), 'There is nothing left to undo in this conversation.'],
    [failed('undo_conflict', 'undo'), 'That task has been changed since then, so I cannot undo the change.'],
    [failed('version_mismatch'), 'That task has been changed just now. Please try again.'],
    [failed('overloaded'), 'I cannot reach your tasks right now. Please try again.'],
    [failed('database_unavailable'), 'I cannot reach your tasks right now. Please try again.'],
    [failed('other'), 'That did not work.'],
    [failed('validation_failed', 'undo'), 'There is nothing left to undo in this conversation.'],
    [failed('validation_failed'), 'That is not possible: please check the title and the description.'],
    [
      failed('validation_failed', 'add_task', {
        fields: [
          { loc: ['operations', 'title'], msg: 'Too long' },
          { loc: ['tags'], msg: 'Too many' },
        ],
      }),
      'That is not possible: title: Too long; tags: Too many.',
    ],
  ])('says why something failed: %#', (outcome, text) => {
    expect(outcomeText([outcome])).toBe(text)
    expect(outcomeText([outcome, done('Milk'), outcome])).toBe(`Completed “Milk”. ${text}`)
  })
})

test('what an undo would do is said for each kind of change', () => {
  const statuses = ['created', 'completed', 'reopened', 'updated', 'deleted', 'other']
  const changes = statuses.map((status) => ({ task_id: 1, status, title: 'M' }))
  expect(undoText(changes)).toBe('remove “M”, reopen “M”, complete “M”, change back “M”, bring back “M”, undo “M”')
})
