import { expect, test } from 'vitest'
import type { AddCommand, NewTask } from '../command.ts'
import { planAdd } from './add.ts'

const dialogue = { shown: [], ids: new Set<number>(), mentioned: [], pending: [], changes: [] }
const clock = { today: '2026-11-18', now: '12:00', zone: null } as const

function plan(
  tasks: readonly Partial<NewTask>[],
  { isQuestion = false, ...more }: Partial<AddCommand> & { isQuestion?: boolean } = {},
) {
  const named = tasks.map((task) => ({ title: 'milk', isQuoted: false, ...task }))
  const command: AddCommand = { do: 'add', tasks: named, reminds: false, isVague: false, ...more }
  return planAdd(command, { command, isGuessed: false, isQuestion }, { clock, dialogue })
}

test.each<[Partial<NewTask>, object]>([
  [{ title: 'milk tomorrow' }, { title: 'Milk', due_date: '2026-11-19' }],
  [
    { title: 'call mom', more: 'tomorrow' },
    { title: 'Call mom', due_date: '2026-11-19' },
  ],
  [
    { title: 'to call Ann', more: 'tomorrow' },
    { title: 'Call Ann', due_date: '2026-11-19' },
  ],
  [{ title: 'together' }, { title: 'Together' }],
  [{ title: 'meet tomorrow', isQuoted: true }, { title: 'Meet tomorrow' }],
  [
    { title: 'to do', isQuoted: true, more: 'tomorrow' },
    { title: 'To do', due_date: '2026-11-19' },
  ],
  [
    { title: 'milk', description: 'two litres' },
    { title: 'Milk', description: 'two litres' },
  ],
  [
    { title: 'milk', isQuoted: true, description: '' },
    { title: 'Milk', description: '' },
  ],
])('%j adds %j', (task, args) => {
  expect(plan([task])).toMatchObject({ uses: [{ tool: 'add_task', args }], needsConsent: false })
  const { uses } = { uses: [], ...plan([task]) }
  expect(uses).toEqual([{ tool: 'add_task', args }])
})

test('several tasks are added by a call each, and told with what they have', () => {
  expect(plan([{ title: 'milk' }, { title: 'bread tomorrow !1' }])).toEqual({
    uses: [
      { tool: 'add_task', args: { title: 'Milk' } },
      { tool: 'add_task', args: { title: 'Bread', due_date: '2026-11-19', priority: 'high' } },
    ],
    sentence: 'add “Milk”, “Bread”, due Thu 19 Nov 2026, high priority to your list',
    needsConsent: false,
  })
})

test('who may not mean the list, or asks, is asked first', () => {
  expect(plan([{}], { isVague: true })).toMatchObject({ needsConsent: true })
  expect(plan([{}], { isQuestion: true })).toMatchObject({ needsConsent: true })
})

test('who wants to be reminded is told that nobody reminds', () => {
  expect(plan([{}], { reminds: true })).toMatchObject({ note: expect.stringContaining('I send no reminders') })
  expect(plan([{}])).not.toHaveProperty('note')
})

test('what stands beside a quoted title and is no date adds none of the tasks', () => {
  expect(plan([{}, { isQuoted: true, more: 'for bob tomorrow' }])).toEqual({
    reply: 'I do not understand “for bob”, so I have changed nothing.',
  })
})

test.each([[[]], [[{}, { title: '' }]], [[{ title: 'tomorrow' }]]])(
  'a task without a title is asked about: %j',
  (tasks) => {
    const asked = plan(tasks)
    expect(asked).toMatchObject({ reply: 'What should the task be called?', question: { asks: 'title' } })
    expect(asked).not.toHaveProperty('uses')
  },
)

test('at most 50 tasks are added at once', () => {
  const many = (length: number) => plan(Array.from({ length }, () => ({})))
  expect(many(50)).toHaveProperty('uses.length', 50)
  expect(many(51)).toEqual({ reply: 'I can add at most 50 tasks at once, so I have added none.' })
})
