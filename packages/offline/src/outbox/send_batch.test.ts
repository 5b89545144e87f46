import { TaskwireError } from '@taskwire/client'
import { expect, test } from 'vitest'
import { withDefaults } from '../task_fields.ts'
import { nothingStored } from '../store/local_database.ts'
import { classifyError } from './classify_error.ts'
import { createOutbox } from './outbox.ts'
import type { Intent, PendingWrite } from './pending_write.ts'
import { sentTogether, type Outcome } from './send_batch.ts'

const time = '2026-01-01T00:00:00.000Z'

function taskOf(id: number) {
  return withDefaults({ id, user_id: 'ada', title: `${id}`, created_at: time, updated_at: time, version: 1 })
}

function write(task_id: number, group?: string, intent: Intent = { kind: 'complete' }): PendingWrite {
  const base = taskOf(task_id)
  return { key: `k${task_id}`, at: task_id, user_id: 'ada', task_id, tab: 'a', base, intent, ...(group && { group }) }
}

test('writes that were made together are sent together, at most a hundred of them', () => {
  const ids = (writes: readonly PendingWrite[]) => sentTogether(writes).map(({ task_id }) => task_id)
  expect(ids([])).toEqual([])
  expect(ids([write(1), write(2)])).toEqual([1])
  expect(ids([write(1, 'g'), write(2, 'g'), write(3, 'h'), write(4, 'g')])).toEqual([1, 2])
  expect(ids([write(1, 'g'), write(2, 'g', { kind: 'check', item_id: 'a', done: true })])).toEqual([1])
  expect(sentTogether(Array.from({ length: 150 }, (_, n) => write(n + 1, 'g')))).toHaveLength(100)
})

test('writes that were sent before are repeated in a call of their own, without new ones', () => {
  const sent = [write(2, 'g'), write(3, 'g')].map((one) => ({ ...one, attempted: true }))
  expect(sentTogether([write(1, 'g'), ...sent])).toHaveLength(1)
  expect(sentTogether([...sent, write(4, 'g')])).toEqual(sent)
})

/** An outbox whose server answers calls by these outcomes, and what it did. */
function outboxOf(answers: readonly (readonly Outcome[] | Error)[]) {
  const left = [...answers]
  const calls: number[][] = []
  const [accepted, rejected]: [number[], number[]] = [[], []]
  const outbox = createOutbox({
    database: nothingStored,
    classify: (error) => classifyError(error, () => {}),
    send: () => Promise.reject(new Error('nothing was made alone')),
    sendTogether(writes) {
      calls.push(writes.map(({ task_id }) => task_id))
      const answer = left.shift() ?? []
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
    onChange: () => {},
    onAccepted: ({ task_id }) => accepted.push(task_id),
    onRejected: ({ task_id }) => rejected.push(task_id),
  })
  return { outbox, calls, accepted, rejected }
}

const answered = (id: number): Outcome => ({ answer: { task: { ...taskOf(id), version: 2 }, deleted: false } })

test('of a batch each write is accepted or refused on its own', async () => {
  const refused: Outcome = { error: new TaskwireError('task_not_found', { message: 'Task not found' }) }
  const { outbox, calls, accepted, rejected } = outboxOf([[answered(1), refused, answered(3)]])
  outbox.add(write(1, 'g'), write(2, 'g'), write(3, 'g'))
  await expect.poll(() => outbox.writes.length).toBe(0)
  expect({ calls, accepted, rejected }).toEqual({ calls: [[1, 2, 3]], accepted: [1, 3], rejected: [2] })
  outbox.close()
})

test('a call that failed for a reason that may pass keeps every write, and is repeated', async () => {
  const { outbox, calls, accepted } = outboxOf([new TypeError('Failed to fetch'), [answered(1), answered(2)]])
  outbox.add(write(1, 'g'), write(2, 'g'))
  await expect.poll(() => outbox.isSending(write(1))).toBe(false)
  expect(outbox.writes).toHaveLength(2)
  outbox.retry()
  await expect.poll(() => outbox.writes.length).toBe(0)
  expect({ calls, accepted }).toEqual({
    calls: [
      [1, 2],
      [1, 2],
    ],
    accepted: [1, 2],
  })
  outbox.close()
})
