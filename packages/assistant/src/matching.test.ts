import { expect, test } from 'vitest'
import { isTitle, matchingTasks, significantWords } from './matching.ts'

const tasks = ['Team meetings', 'Buy milk', 'Buy oat milk', 'Call Ann', 'Get groceries', 'Café bill', '買牛乳'].map(
  (title, index) => ({
    id: index + 1,
    title,
    completed: false,
  }),
)

test.each([
  ['buy MILK.', ['Buy milk'], false],
  ['the milk', ['Buy milk', 'Buy oat milk'], false],
  ['oat milk', ['Buy oat milk'], false],
  ['meeting', ['Team meetings'], false],
  ['milk for Ann', [], true],
  ['meet', ['Team meetings'], false],
  ['groc', ['Get groceries'], true],
  ['mee', [], true],
  ['meetnigs', ['Team meetings'], true],
  ['grocery', ['Get groceries'], false],
  ['calls', ['Call Ann'], false],
  ['cafe\u0301', ['Café bill'], false],
  ['牛乳', ['買牛乳'], false],
  ['the', [], false],
  ['', [], false],
])('%j means %j, guessed: %s', (name, titles, isGuessed) => {
  const found = matchingTasks(tasks, name)
  expect([found.tasks.map(({ title }) => title), found.isGuessed]).toEqual([titles, isGuessed])
})

test('a name is a whole title whatever its letters, blanks and marks at the end', () => {
  const [meeting] = tasks
  if (meeting === undefined) throw new Error('no task')
  expect(['team  MEETINGS!', 'Team meetings.', 'meetings'].map((name) => isTitle(meeting, name))).toEqual([
    true,
    true,
    false,
  ])
})

test('the words of a name that tell tasks apart are no articles', () => {
  expect(significantWords('The milk for my Cat, in 2 days')).toEqual(['milk', 'cat', '2', 'days'])
})
