import { taskFields } from '@taskwire/client'
import { openDocument } from '@taskwire/offline/testing/document'
import { createElement, useState } from 'react'
import { expect, test } from 'vitest'
import type { Task } from '../client.ts'
import { ChecklistEditor } from './checklist_editor.tsx'
import { RemindersEditor } from './reminders_editor.tsx'
import { emptyForm, type RuleForm } from './rule_form.ts'
import { RuleFields } from './rule_fields.tsx'

/** Shows a part of the editor whose value is what it has changed it to. */
async function editing<Value>(
  first: Value,
  part: (value: Value, onChange: (value: Value) => void) => React.ReactElement,
) {
  const screen = await openDocument()
  let current = first
  function Editor() {
    const [value, setValue] = useState(first)
    current = value
    return part(value, setValue)
  }
  await screen.render(createElement(Editor))
  return { ...screen, value: () => current }
}

const ruleFields = (form: RuleForm) =>
  editing(form, (value, onChange) => createElement(RuleFields, { form: value, firstLastDay: '2026-11-30', onChange }))

test.each([
  ['', 1],
  ['0', 1],
  ['-3', 1],
  ['1', 1],
  ['2.4', 2],
  ['2.5', 3],
  ['999', 999],
  ['1000', 999],
])('an interval of “%s” is one of %i, and so is a number of times', async (typed, expected) => {
  const { enter, value, unmount } = await ruleFields({ ...emptyForm, interval: 7, count: 7, ends: 'count' })
  await enter('input[type=number]', typed)
  await enter('p:last-child input[type=number]', typed)
  expect([value().interval, value().count]).toEqual([expected, expected])
  await unmount()
})

test('weekdays of a rule are added and taken away, and another unit has none to choose', async () => {
  const { click, enter, find, value, unmount } = await ruleFields({ ...emptyForm, weekdays: [1] })
  await click('.weekday:nth-of-type(1) input')
  await click('.weekday:nth-of-type(2) input')
  expect(value().weekdays).toEqual([0])
  await enter('select', 'MONTHLY')
  expect(() => find('.weekday')).toThrow('nothing is shown')
  await enter('select', 'HOURLY')
  expect(value().frequency).toBe('MONTHLY')
  await unmount()
})

test('a rule ends on a day, after some times, or never', async () => {
  const { enter, value, unmount } = await ruleFields(emptyForm)
  const ends = '.field:nth-of-type(3) select'
  await enter(ends, 'until')
  await enter('input[type=date]', '2026-12-24')
  expect(value()).toMatchObject({ ends: 'until', until: '2026-12-24' })
  await enter(ends, 'count')
  expect(value().ends).toBe('count')
  await enter(ends, '')
  expect(value().ends).toBe('')
  await unmount()
})

const items = (...texts: readonly string[]): Task['checklist'] =>
  texts.map((text, index) => ({ id: `item-${index}`, text, done: false }))
const checklist = (first: Task['checklist']) =>
  editing(first, (value, onChange) => createElement(ChecklistEditor, { checklist: value, onChange }))

/** Where the focus is: the text of an item. */
const focused = () => (document.activeElement instanceof HTMLInputElement ? document.activeElement.value : undefined)
const textsOf = (list: Task['checklist']) => list.map(({ text }) => text)

test('Enter adds an item below, and Backspace in an empty one removes it, each with the focus', async () => {
  const { press, value, unmount } = await checklist(items('a', 'b'))
  expect(await press('[data-item=item-0]', 'Enter')).toBe(false)
  expect([textsOf(value()), focused()]).toEqual([['a', '', 'b'], ''])
  const added = `[data-item="${value()[1]?.id}"]`
  expect(await press('[data-item=item-1]', 'Backspace')).toBe(true)
  await press(added, 'Backspace')
  expect([textsOf(value()), focused()]).toEqual([['a', 'b'], 'a'])
  await press('[data-item=item-0]', 'Enter', { ctrlKey: true })
  expect(textsOf(value())).toEqual(['a', 'b'])
  await unmount()
})

test('the first item of a checklist gives the focus to the next one', async () => {
  const { click, value, unmount } = await checklist(items('a', 'b'))
  await click('.icon-button')
  expect([textsOf(value()), focused()]).toEqual([['b'], 'b'])
  await unmount()
})

test('Alt with an arrow moves an item within the checklist, and not beyond its ends', async () => {
  const { press, value, unmount } = await checklist(items('a', 'b', 'c'))
  await press('[data-item=item-1]', 'ArrowUp', { altKey: true })
  expect([textsOf(value()), focused()]).toEqual([['b', 'a', 'c'], 'b'])
  await press('[data-item=item-1]', 'ArrowUp', { altKey: true })
  await press('[data-item=item-2]', 'ArrowDown', { altKey: true })
  await press('[data-item=item-2]', 'ArrowUp')
  expect(textsOf(value())).toEqual(['b', 'a', 'c'])
  await press('[data-item=item-1]', 'ArrowDown', { altKey: true })
  expect(textsOf(value())).toEqual(['a', 'b', 'c'])
  await unmount()
})

test('an item is ticked and its text changed, each alone', async () => {
  const { click, enter, value, unmount } = await checklist(items('a', 'b'))
  await click('li:nth-child(2) [type=checkbox]')
  await enter('[data-item=item-0]', 'z')
  expect(value()).toMatchObject([
    { text: 'z', done: false },
    { text: 'b', done: true },
  ])
  await unmount()
})

test('a checklist takes as many items as the server, and no more', async () => {
  const max = taskFields.checklist.maxItems
  const { body, click, press, value, unmount } = await checklist(items(...Array.from({ length: max - 1 }, String)))
  await click('.button')
  expect([value().length, body.querySelector('.button')]).toEqual([max, null])
  await press('[data-item=item-0]', 'Enter')
  expect(value()).toHaveLength(max)
  await unmount()
})

const reminders = (first: readonly string[]) =>
  editing(first, (value, onChange) => createElement(RemindersEditor, { reminders: value, onChange }))
const options = () => [...document.querySelectorAll('option')].map(({ value }) => value)

test('a reminder is chosen once, and taken away by its chip', async () => {
  const { click, enter, find, value, unmount } = await reminders(['PT30M'])
  expect(options()).toEqual(['', 'PT0S', 'PT10M', 'PT1H', 'P1D', 'P2D', 'P1W', 'at'])
  await enter('select', 'P1D')
  expect(value()).toEqual(['PT30M', 'P1D'])
  await click('.chip')
  expect(value()).toEqual(['P1D'])
  expect(find('.chip').textContent).toContain('1 day before')
  await unmount()
})

test('a reminder at a time is added to the minute, once there is one', async () => {
  const { body, click, enter, find, value, unmount } = await reminders([])
  await enter('select', 'at')
  expect([find<HTMLButtonElement>('.button').disabled, value()]).toEqual([true, []])
  await enter('input', '2026-03-02T08:30:15')
  await click('.button')
  expect([value(), body.querySelector('input')]).toEqual([['2026-03-02T08:30'], null])
  await enter('select', 'at')
  await enter('select', '')
  expect(body.querySelector('input')).toBeNull()
  await unmount()
})

test.each(['202610-03-02T08:30', '0026-03-02T08:30'])('no reminder is added at %s', async (time) => {
  const { click, enter, find, value, unmount } = await reminders([])
  await enter('select', 'at')
  await enter('input', time)
  await click('.button')
  expect([find<HTMLButtonElement>('.button').disabled, value()]).toEqual([true, []])
  await unmount()
})

test('a task takes five reminders', async () => {
  const { enter, find, value, unmount } = await reminders(['PT0S', 'PT10M', 'PT30M', 'PT1H'])
  expect(find<HTMLSelectElement>('select').disabled).toBe(false)
  await enter('select', 'P1W')
  expect([value().length, find<HTMLSelectElement>('select').disabled]).toEqual([5, true])
  await unmount()
})
