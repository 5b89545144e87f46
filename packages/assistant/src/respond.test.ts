import { expect, test } from 'vitest'
import type { CompletedCall } from './conversation.ts'
import { fixedReplies } from './replies/fixed_replies.ts'
import { respond } from './respond.ts'
import type { Dialogue, ToolUse } from './steps.ts'

const clock = { today: '2026-11-18', now: '12:00', zone: null } as const
const task = (id: number, title: string) => ({ id, title, completed: false })
const list = [task(7, 'Milk'), task(8, 'Bread'), task(9, 'Rent')]

/** What a tool answers on a list of three tasks. */
function resultOf({ tool, args }: ToolUse): CompletedCall['result'] {
  if (tool === 'list_tasks') return { tasks: list, next_cursor: null }
  if (tool === 'add_task') return { task_id: 20, status: 'created', title: String(args['title']) }
  const status = { complete_task: 'completed', delete_task: 'deleted', update_task: 'updated' }[tool] ?? tool
  return { task_id: args['task_id'], status, title: list.find(({ id }) => id === args['task_id'])?.title ?? 'New' }
}

/** The reply to a message, and the writes in their order; those of one step are together. */
function replyTo(message: string, known: Partial<Dialogue> = {}) {
  const dialogue = { shown: [], ids: new Set<number>(), mentioned: [], pending: [], changes: [], ...known }
  const writes: string[] = []
  const steps = respond(message, { clock, dialogue })
  let step = steps.next()
  while (!step.done) {
    const made = step.value.filter(({ tool }) => tool !== 'list_tasks')
    if (made.length > 0)
      writes.push(made.map(({ tool, args }) => [tool, args['task_id'] ?? args['title']].join(' ').trim()).join())
    step = steps.next(step.value.map((use) => ({ ...use, result: resultOf(use) })))
  }
  return { ...step.value, writes }
}

test('“it” is the task that the command before it in the message has made', () => {
  expect(replyTo('add eggs and complete it', { mentioned: [8] }).writes).toEqual(['add_task Eggs', 'complete_task 20'])
})

test('a number is that of the list that the message shows before it', () => {
  const shown = [task(1, 'Old')]
  expect(replyTo('show my tasks and complete 2', { shown }).writes).toEqual(['complete_task 8'])
  expect(replyTo('show my tasks and complete the last one', { shown }).writes).toEqual(['complete_task 9'])
  expect(replyTo('complete 1 and show my tasks', { shown }).writes).toEqual(['complete_task 1'])
})

test('commands of one message are carried out together, and nothing where one is not understood', () => {
  expect(replyTo('complete milk and delete bread').writes).toEqual(['complete_task 7,delete_task 8'])
  expect(replyTo('complete 1 and delete 2', { shown: list }).writes).toEqual(['complete_task 7,delete_task 8'])
  const unclear = replyTo('complete milk and delete the unicorn')
  expect(unclear.writes).toEqual([])
  expect(unclear.reply).toContain('so I have changed nothing')
})

test('what waits for a confirmation is done after a yes, left after a no, and dropped by another command', () => {
  const pending = [7, 8].map((task_id) => ({ tool: 'delete_task', args: { task_id } }))
  expect(replyTo('yes', { pending }).writes).toEqual(['delete_task 7,delete_task 8'])
  expect(replyTo('no', { pending })).toEqual({ reply: fixedReplies.left, writes: [] })
  expect(replyTo('add eggs', { pending }).writes).toEqual(['add_task Eggs'])
  expect(replyTo('yes').writes).toEqual([])
})

test('a question about one command of several is not asked: they are to be said one by one', () => {
  for (const message of ['complete all tasks and show my tasks', 'complete 1-3 and show my tasks'])
    expect(replyTo(message, { shown: list })).toEqual({ reply: fixedReplies.oneByOne, writes: [] })
  expect(replyTo('complete all tasks')).toMatchObject({
    question: { asks: 'consent', uses: { length: 3 } },
    writes: [],
  })
})

test('undos follow each other, unless the server confirms them together', () => {
  const change = (task_id: number, status: string) => [{ task_id, status, title: `T${task_id}` }]
  const updated = [change(7, 'updated'), change(8, 'updated')]
  expect(replyTo('undo the last 2 changes', { changes: updated }).writes).toEqual(['undo', 'undo'])
  const created = [change(7, 'created'), change(8, 'updated')]
  expect(replyTo('undo the last 2 changes', { changes: created }).writes).toEqual(['undo,undo'])
})
