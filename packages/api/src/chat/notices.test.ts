import { expect, test } from 'vitest'
import { ApiError } from '../errors/api_error.ts'
import { failedAnswerText, incompleteAnswerText, pendingConfirmationText } from './notices.ts'
import type { ToolCall } from './schema.ts'

const waits = { status: 'confirmation_required' }
const call = (tool: string, args: object, result: object): ToolCall => ({ tool, args, result }) as unknown as ToolCall

test.each([
  [call('delete_task', { task_id: 7 }, { ...waits, task_id: 7, title: 'Milk' }), 'delete task 7 “Milk”'],
  [call('complete_task', { task_id: 7 }, { ...waits, task_id: 7, title: 'a\nb' }), 'complete task 7 “a b”'],
  [
    call('update_task', { task_id: 7, title: 'New\nname' }, { ...waits, task_id: 7, title: 'Old' }),
    'rename task 7 “Old” to “New name”',
  ],
  [
    call('change_tasks', { do: 'delete', task_ids: [1, 2] }, { ...waits, tasks: [{ title: 'a' }, { title: 'b' }] }),
    'delete 2 tasks: “a”, “b”',
  ],
  [call('undo', { seq: 7 }, waits), 'undo change 7'],
  [call('undo', {}, waits), 'undo the latest change'],
])('a call that waits is listed as the server understands it: %#', (pending, line) => {
  expect(pendingConfirmationText([pending])).toMatch(/^\n\nWaiting for your confirmation\./)
  expect(pendingConfirmationText([pending]).split('\n').at(-1)).toBe(`- ${line}`)
})

test('equal calls are one line, and without any that waits there is no text', () => {
  const undo = call('undo', {}, waits)
  const other = call('undo', { seq: 7 }, waits)
  expect(pendingConfirmationText([undo, other, undo]).split('\n').slice(3)).toEqual([
    '- undo the latest change, 2 times',
    '- undo change 7',
  ])
  expect(pendingConfirmationText([call('delete_task', { task_id: 7 }, { status: 'deleted' })])).toBe('')
})

const made = call('add_task', {}, { task_id: 1, status: 'created', title: 'Milk' })
const many = call('change_tasks', { do: 'complete' }, { tasks: [{ id: 2, title: 'Rye' }], first_seq: 3 })
const failed = call('add_task', {}, { code: 'overloaded', detail: 'x' })
const pending = call('delete_task', { task_id: 7 }, { ...waits, task_id: 7, title: 'Milk' })

test('an answer that failed or stopped says what was done, and nothing else', () => {
  const error = new ApiError('model_timeout')
  expect(failedAnswerText(error, [made, failed, many, pending])).toBe(
    'I could not finish this answer. The model took too long. Before that I had created task 1 “Milk”; completed task 2 “Rye”.',
  )
  expect(failedAnswerText(error, [failed, pending])).toContain('Nothing had been changed.')
  expect(incompleteAnswerText([made])).toContain('So far I have created task 1 “Milk”. Tell me to go on')
  expect(incompleteAnswerText([pending])).toContain('Nothing has been changed. Tell me to go on')
})
