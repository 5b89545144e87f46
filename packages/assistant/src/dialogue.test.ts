import { describe, expect, test } from 'vitest'
import type { CompletedCall, Exchange } from './conversation.ts'
import { dialogueOf } from './dialogue.ts'

const clock = { today: '2026-11-18', now: '12:00', zone: null } as const

function said(message: string, calls: readonly CompletedCall[] = [], answer = ''): Exchange {
  return { message, calls, answer }
}

const task = (id: number, title: string) => ({ id, title, completed: false })
const tasks = [task(7, 'Milk'), task(8, 'Bread')]
const listed: CompletedCall = {
  tool: 'list_tasks',
  args: { status: 'all' },
  result: { tasks, next_cursor: null },
}
const shown = said('show my tasks', [listed], 'You have 2 tasks:\n1. Milk\n2. Bread')

const changed = (task_id: number, status: string, more = {}): CompletedCall => ({
  tool: `${status}_task`,
  args: { task_id },
  result: { task_id, status, title: `Task ${task_id}`, ...more },
})

const dialogueAfter = (...exchanges: Exchange[]) => dialogueOf({ exchanges, isCut: false }, { clock })

test('at the beginning of a conversation no list was shown; of one that is cut it is not known', () => {
  expect(dialogueAfter()).toMatchObject({ shown: [], mentioned: [], pending: [], changes: [] })
  expect(dialogueOf({ exchanges: [], isCut: true }, { clock }).shown).toBeUndefined()
})

test('the list that was shown is known with its ids, and is what was mentioned', () => {
  expect(dialogueAfter(shown)).toMatchObject({ shown: tasks, mentioned: [7, 8], ids: new Set([7, 8]) })
})

test('an answer that cannot be computed again leaves the list, unless it shows one itself', () => {
  const other = said('sing', [], 'La la')
  expect(dialogueAfter(shown, other).shown).toEqual(tasks)
  const list = said('sing', [], 'Here:\n1. La\n2. la')
  expect(dialogueAfter(shown, list).shown).toBeUndefined()
  // A message that is too long is not understood again.
  const long = said(`show my tasks${' please'.repeat(200)}`, [listed], shown.answer)
  expect(long.message.length).toBeGreaterThan(1000)
  expect(dialogueAfter(long)).toMatchObject({ shown: undefined, ids: new Set([7, 8]) })
})

test('an answer to which a tool call is missing is not computed again', () => {
  expect(dialogueAfter(said('show my tasks', [], 'You have 2 tasks:\n1. Milk')).shown).toBeUndefined()
})

describe('the changes that stand', () => {
  const statuses = (...exchanges: Exchange[]) =>
    dialogueAfter(...exchanges).changes.map((made) => made.map(({ task_id }) => task_id))
  const [one, two] = [said('a', [changed(1, 'created')]), said('b', [changed(2, 'created'), changed(3, 'created')])]
  const undo = (undone?: unknown[]) => said('undo', [changed(3, 'undone', undone && { undone })])

  test('are those of each message, the last message last', () => {
    expect(statuses(one, two)).toEqual([[1], [2, 3]])
    expect(dialogueAfter(one, two).mentioned).toEqual([2, 3])
  })

  test('are less by one change after an undo, and by a message after one that names what it undid', () => {
    expect(statuses(one, two, undo())).toEqual([[1], [2]])
    expect(statuses(one, two, undo(), undo())).toEqual([[1]])
    expect(statuses(one, two, undo([{}, {}]))).toEqual([[1]])
    expect(statuses(undo())).toEqual([])
  })

  test('are not those that wait for a confirmation, or failed', () => {
    const failed: CompletedCall = { tool: 'complete_task', args: { task_id: 9 }, result: { code: 'task_not_found' } }
    expect(statuses(said('a', [failed]))).toEqual([])
  })
})

test('a call that waits for its confirmation is pending until the next message', () => {
  const args = { task_id: 7 }
  const waiting: CompletedCall = {
    tool: 'delete_task',
    args,
    result: { status: 'confirmation_required', confirmation: {}, detail: '' },
  }
  const asked = dialogueAfter(said('delete both', [waiting]))
  const then = dialogueAfter(said('delete both', [waiting]), said('hello'))
  expect(then.pending).toEqual([])
  expect(asked.changes).toEqual([])
})
