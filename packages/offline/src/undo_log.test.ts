import type { Change, TaskwireClient } from '@taskwire/client'
import { expect, test } from 'vitest'
import { changeOf, taskWith } from '../testing/tasks.ts'
import { latestChanges } from './undo_log.ts'

/** A server with these changes at the end of its log. */
function clientOf(changes: readonly Change[]): TaskwireClient {
  const list = { query: async () => ({ changes, next: changes.length, has_more: false }) }
  return { change: { list } } as unknown as TaskwireClient
}

test('what can be undone was made in an app, was not undone since, and is no part of another change', async () => {
  const change = (seq: number, details: Partial<Change> = {}) => ({
    ...changeOf(seq, taskWith(), taskWith({ version: seq })),
    ...details,
  })
  const changes = [
    change(1),
    change(2, { via: 'mcp' }),
    change(3, { via: 'chat' }),
    change(4, { part_of: 1 }),
    change(5),
    change(6, { undoes: 5 }),
    change(7),
  ]
  const { undoable } = await latestChanges(clientOf(changes))
  expect(undoable.map(({ seq }) => seq)).toEqual([1, 7])
})
