import { expect, test } from 'vitest'
import { withDefaults } from '../fields/task_fields.ts'
import { detailsOf, detailsProblem, fieldsOf } from './details_draft.ts'

const time = '2026-01-01T00:00:00.000Z'
const task = withDefaults({
  id: 1,
  user_id: 'ada',
  title: 'Rent',
  created_at: time,
  updated_at: time,
  version: 1,
  priority: 'high',
  due_date: '2026-12-01',
  due_time: '17:00',
  due_zone: 'Europe/Berlin',
  tags: ['home', 'c++'],
  checklist: [
    { id: 'a', text: 'Ask', done: true },
    { id: 'b', text: 'Pay', done: false },
  ],
})
const draft = detailsOf(task)

test('a draft that was not edited stands for the fields that the task has', () => {
  const { priority, due_date, due_time, due_zone, start_date, tags, checklist } = task
  expect(fieldsOf(draft, task)).toEqual({ priority, due_date, due_time, due_zone, start_date, tags, checklist })
})

test('without a date there is no time and no zone', () => {
  expect(fieldsOf({ ...draft, due_date: '' }, task)).toMatchObject({ due_date: null, due_time: null, due_zone: null })
  expect(fieldsOf({ ...draft, due_time: '' }, task)).toMatchObject({ due_date: '2026-12-01', due_zone: null })
})

test('tags are stored as the server stores them', () => {
  expect(fieldsOf({ ...draft, tags: ' Home, #work,, WORK ' }, task).tags).toEqual(['home', 'work'])
})

test('an item keeps its id while its text stays, wherever it is moved', () => {
  const { checklist } = fieldsOf({ ...draft, checklist: '[x] Pay\nNew one\n\n- [ ] Ask' }, task)
  expect(checklist).toEqual([
    { id: 'b', text: 'Pay', done: true },
    { id: expect.stringMatching(/^[0-9a-f]{8}$/), text: 'New one', done: false },
    { id: 'a', text: 'Ask', done: false },
  ])
})

test('what the server would refuse is said before it is sent', () => {
  expect(detailsProblem(draft)).toBeNull()
  expect(detailsProblem({ ...draft, due_date: '' })).toBe('A due time needs a due date.')
  expect(detailsProblem({ ...draft, due_time: '' })).toBe('A time zone needs a due time.')
  expect(detailsProblem({ ...draft, due_zone: 'Mars' })).toBe('There is no such time zone.')
  expect(detailsProblem({ ...draft, start_date: '2026-12-02' })).toBe('The start date must not be after the due date.')
})
