import { taskWith } from '@taskwire/offline/testing'
import { expect, test } from 'vitest'
import { draftOf, draftProblem } from './draft.ts'
import { listItems, tasksOf } from './list_items.ts'
import { dueChange, planDays } from './plan.ts'
import { withRows } from './row_range.ts'

const [one, two, three] = [taskWith({ id: 1 }), taskWith({ id: 2 }), taskWith({ id: 3 })]

test('headings stand above their tasks, whose rows are counted without them, and folded tasks are left out', () => {
  const groups = [
    { key: 'a', title: 'A', tasks: [one, two] },
    { key: 'b', title: null, tasks: [three] },
    { key: 'done', title: 'Done', tasks: [one], isFolded: true },
  ]
  const shown = (isUnfolded: boolean) =>
    listItems(groups, isUnfolded).map((item) => (item.kind === 'heading' ? item.group.key : item.row))
  expect(shown(false)).toEqual(['a', 0, 1, 2, 'done'])
  expect(shown(true)).toEqual(['a', 0, 1, 2, 'done', 3])
  expect(tasksOf(listItems(groups, false))).toEqual([one, two, three])
})

const range = (count: number) => ({ startIndex: 500, endIndex: 510, overscan: 2, count })

test('all rows of a list of 300 are in the document, and of a longer one those near the viewport and the pinned ones', () => {
  expect(withRows({ ...range(300), startIndex: 0, endIndex: 10 }, [])).toHaveLength(300)
  const near = Array.from({ length: 15 }, (_, n) => 498 + n)
  expect(withRows(range(1000), [])).toEqual(near)
  expect(withRows(range(1000), [999, 3, 505, -1, 1000])).toEqual([3, ...near, 999])
  expect(
    withRows(range(301).count === 301 ? { ...range(301), startIndex: 0, endIndex: 10 } : range(1), []),
  ).toHaveLength(13)
})

test('the days of a plan are today, the next one and that in a week', () => {
  expect(planDays('2026-02-28')).toEqual({
    today: '2026-02-28',
    tomorrow: '2026-03-01',
    week: '2026-03-07',
    none: null,
  })
})

test('a new due date takes a later start with it, and no date takes all that counts from it away', () => {
  const task = taskWith({ start_date: '2026-03-05', reminders: ['PT10M', '2026-03-01T08:00'] })
  expect(dueChange(task, '2026-03-04')).toEqual({ due_date: '2026-03-04', start_date: '2026-03-04' })
  expect(dueChange(task, '2026-03-05')).toEqual({ due_date: '2026-03-05' })
  expect(dueChange(one, '2026-03-04')).toEqual({ due_date: '2026-03-04' })
  expect(dueChange(task, null)).toEqual({
    due_date: null,
    due_time: null,
    due_zone: null,
    recurrence: null,
    reminders: ['2026-03-01T08:00'],
  })
})

test('a draft without a title, or too long, cannot be saved', () => {
  const draft = draftOf(taskWith({ description: null }), 3)
  expect([draft.description, draft.caret, draftProblem(draft)]).toEqual(['', 3, null])
  expect(draftProblem({ ...draft, title: '  ' })).not.toBeNull()
  expect(draftProblem({ ...draft, title: 'x'.repeat(100_000) })).not.toBeNull()
  expect(draftProblem({ ...draft, description: 'x'.repeat(1_000_000) })).not.toBeNull()
})
