import { expect, test } from 'vitest'
import { planUndo } from './undo.ts'

const change = (task_id: number, status = 'updated') => ({ task_id, status, title: `T${task_id}` })
const changes = [[change(1)], [change(2), change(3)], [change(4, 'created')]]

function plan(times: number | 'message' | 'all', made: typeof changes = changes, isQuestion = false) {
  const dialogue = { shown: [], ids: new Set<number>(), mentioned: [], pending: [], changes: made }
  const clock = { today: '2026-11-18', now: '12:00', zone: null } as const
  const command = { do: 'undo', times } as const
  return planUndo(command, { command, isGuessed: false, isQuestion }, { clock, dialogue })
}

test('undo takes back the last message, as many changes as are named, or all messages', () => {
  expect(plan('message')).toMatchObject({ uses: [{ tool: 'undo' }], needsConsent: false })
  expect(plan(1)).toMatchObject({ uses: [{}], sentence: 'undo the last change: remove “T4”' })
  expect(plan(3)).toMatchObject({
    uses: [{}, {}],
    sentence: 'undo 3 changes: remove “T4”, change back “T3”, change back “T2”',
  })
  expect(plan('all')).toMatchObject({ uses: [{}, {}, {}], needsConsent: true })
})

test('the changes of one message are not undone in part, and how to undo all of them is said', () => {
  const reply = (command: string) => ({
    reply: `I made 2 changes together and undo them together, so I have undone nothing. Say "${command}" to undo all of them.`,
  })
  expect(plan(2)).toEqual(reply('undo the last 3 changes'))
  expect(plan(1, changes.slice(0, 2))).toEqual(reply('undo'))
})

test('an undo of more changes than were made undoes all of them', () => {
  expect(plan(4)).toMatchObject({ uses: [{}, {}, {}] })
  expect(plan(50)).toMatchObject({ uses: [{}, {}, {}], sentence: expect.stringMatching(/^undo 4 changes: /) })
})

test('the server confirms an undo that removes one of several tasks, and no other', () => {
  expect(plan(3)).toMatchObject({ isConfirmed: true })
  expect(plan(1)).toMatchObject({ isConfirmed: false })
  expect(plan('message', changes.slice(0, 2))).toMatchObject({ isConfirmed: false })
})

test('a question is asked back, and so is an undo of all messages where there are several', () => {
  expect(plan('message', changes, true)).toMatchObject({ needsConsent: true })
  expect(plan('all', changes.slice(0, 1))).toMatchObject({ needsConsent: false })
})

test('where no change is known the last one is undone, which may lie further back', () => {
  expect(plan('message', [])).toMatchObject({ uses: [{ tool: 'undo', args: {} }], needsConsent: false })
  expect(plan('message', [], true)).toMatchObject({ needsConsent: true })
})
