import { describe, expect, test } from 'vitest'
import { readTickTick } from './ticktick.ts'

const context = { today: '2026-11-21', zone: 'Asia/Kathmandu' }

/** The task of a row with these cells. */
function one(cells: Readonly<Record<string, string>>) {
  const all = { 'List Name': '', Title: 'Milk', ...cells }
  const line = (texts: readonly string[]) => texts.map((text) => `"${text}"`).join(',')
  const file = `"Date: 2026"\n${line(Object.keys(all))}\n${line(Object.values(all))}\n`
  const [task] = [...readTickTick(file, context)]
  if (task === undefined || task === 'pause') throw new Error('no task')
  return task
}

const at = '2026-09-30T22:00:00+0000'

describe('a due date', () => {
  test.each([
    [{ 'Due Date': at, Timezone: 'Europe/Berlin' }, ['2026-10-01', '00:00', 'Europe/Berlin']],
    [{ 'Due Date': at, Timezone: 'Europe/Berlin', 'Is Floating': 'true' }, ['2026-10-01', '00:00', undefined]],
    [{ 'Due Date': at, Timezone: 'Europe/Berlin', 'Is All Day': 'true' }, ['2026-10-01', undefined, undefined]],
    [{ 'Due Date': at }, ['2026-10-01', '03:45', 'Asia/Kathmandu']],
    [{ 'Due Date': at, Timezone: 'Nowhere' }, ['2026-10-01', '03:45', 'Asia/Kathmandu']],
    [{ 'Due Date': '2026-09-30 22:00:00', Timezone: 'UTC' }, ['2026-09-30', '22:00', 'UTC']],
    [{ 'Due Date': '2026-10-01T00:00:00+0000', 'Is All Day': 'true' }, ['2026-10-01', undefined, undefined]],
    [
      { 'Due Date': '2026-10-01T00:00:00+0000', 'Is All Day': 'true', Timezone: 'America/New_York' },
      ['2026-10-01', undefined, undefined],
    ],
    [{ 'Start Date': at, Timezone: 'UTC' }, ['2026-09-30', '22:00', 'UTC']],
    [{ 'Due Date': 'tomorrow morning' }, ['tomorrow m', undefined, undefined]],
    [{ 'Due Date': '2026-10-01' }, ['2026-10-01', undefined, undefined]],
    [{}, [undefined, undefined, undefined]],
  ])('of %o is %j', (cells, expected) => {
    const { due_date, due_time, due_zone } = one(cells).fields
    expect([due_date, due_time, due_zone]).toEqual(expected)
  })

  test('goes with a start on another day, and not with its own', () => {
    const start = (cells: Readonly<Record<string, string>>) => one({ Timezone: 'UTC', ...cells }).fields['start_date']
    expect(start({ 'Start Date': '2026-09-28T22:00:00+0000', 'Due Date': at })).toBe('2026-09-28')
    expect(start({ 'Start Date': at, 'Due Date': at })).toBeUndefined()
    expect(start({ 'Start Date': at })).toBeUndefined()
  })
})

describe('a reminder', () => {
  const read = (Reminder: string, more = {}) => {
    const { fields, lost } = one({ Reminder, 'Due Date': at, Timezone: 'UTC', ...more })
    return [fields['reminders'], lost]
  }
  const allDay = { 'Is All Day': 'true', 'Due Date': '2026-10-01T00:00:00+0000' }

  test.each([
    ['-PT30M', ['PT30M']],
    ['TRIGGER:-P1D,-PT2H30M', ['P1D', 'PT150M']],
    ['-P1DT1H', ['PT1500M']],
    ['PT0S', ['PT0S']],
    ['-P2DT0H0M0S', ['P2D']],
  ])('before a time, %s, is %j', (text, reminders) => {
    expect(read(text)).toEqual([reminders, []])
  })

  test.each([
    ['P0DT9H0M0S', ['2026-10-01T09:00']],
    ['PT23H59M', ['2026-10-01T23:59']],
    ['PT5M', ['2026-10-01T00:05']],
    ['-P1D', ['P1D']],
  ])('of a whole day, %s, is %j', (text, reminders) => {
    expect(read(text, allDay)).toEqual([reminders, []])
  })

  test.each([
    ['PT9H', {}],
    ['P1D', allDay],
    ['later', {}],
    ['-PT30M', { 'Due Date': '' }],
  ])('%s has no place with %o, and is reported', (text, more) => {
    expect(read(text, more)).toEqual([[], ['reminder']])
  })
})

test('a task is known by the time of its creation and its title, not by its number', () => {
  const identity = (cells: Readonly<Record<string, string>>) => one({ taskId: '1', ...cells }).identity
  expect(identity({ 'Created Time': at })).toBe(`${at} Milk`)
  expect(identity({})).toBeUndefined()
})

test('its times are instants', () => {
  const times = one({ 'Created Time': at, 'Completed Time': '2026-10-01 06:00:00' }).times
  expect(times).toEqual({ created_at: '2026-09-30T22:00:00.000Z', completed_at: '2026-10-01T06:00:00.000Z' })
})

test.each([
  ['0', '0', false, undefined, []],
  ['1', '1', true, 'low', []],
  ['2', '3', true, 'medium', []],
  ['-1', '5', true, undefined, ["status won't do"]],
  ['', '9', false, undefined, ['priority']],
])('status %j and priority %j are read', (Status, Priority, completed, priority, lost) => {
  const task = one({ Status, Priority })
  expect(task).toMatchObject({ fields: { completed }, lost })
  if (Priority !== '5') expect(task.fields['priority']).toBe(priority)
  else expect(task.fields['priority']).toBe('high')
})

test('the lines of a checklist are items, the others text', () => {
  const Content = '▫ Stretch\r▪ Tea\n▫ \r\nSlowly'
  expect(one({ Content, 'Is Check list': 'Y' }).fields).toMatchObject({
    checklist: [
      { text: 'Stretch', done: false },
      { text: 'Tea', done: true },
    ],
    description: 'Slowly',
  })
  expect(one({ Content: '▫ Stretch', 'Is Check list': 'true' }).fields['description']).toBeUndefined()
  expect(one({ Content: 'a\rb\r\nc', 'Is Check list': 'N' }).fields).toMatchObject({
    checklist: undefined,
    description: 'a\nb\nc',
  })
})

test('a rule is read without its name', () => {
  expect(one({ Repeat: 'RRULE:FREQ=DAILY;' }).fields['recurrence']).toEqual({ rule: 'FREQ=DAILY' })
  expect(one({}).fields['recurrence']).toBeUndefined()
})

test('what has no place is named, and what says nothing is not', () => {
  const cells = { 'Folder Name': 'F', 'Column Name': 'Doing', Kind: 'NOTE', Content: '![image](a)', parentId: '1' }
  expect(one(cells).lost).toEqual(['folder', 'column', 'kind note', 'attachments', 'parent'])
  expect(one({ 'Column Name': 'Not Sectioned', Kind: 'TEXT', Content: 'image' }).lost).toEqual([])
})
