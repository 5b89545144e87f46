import { momentAt } from '@taskwire/calendar'
import { taskWith } from '@taskwire/offline/testing'
import { openDocument } from '@taskwire/offline/testing/document'
import { createElement, useState } from 'react'
import { expect, test } from 'vitest'
import { fakeWorkspace } from '../../testing/workspace.ts'
import type { Task } from '../client.ts'
import { ConfirmButton } from '../design/confirm_button.tsx'
import { Docked } from '../design/docked.tsx'
import { Field } from '../design/field.tsx'
import { connectionText } from '../shell/connection_text.ts'
import { routeOf, type ListQuery } from '../shell/route.ts'
import { SignOut } from '../shell/sign_out.tsx'
import { TagLinks } from '../shell/tag_links.tsx'
import { countTasks } from '../views/counts.ts'
import type { RecurrenceDraft } from './details_draft.ts'
import { DescriptionField } from './description_field.tsx'
import { DueLabel } from './due_label.tsx'
import { Highlight } from './highlight.tsx'
import { ListState } from './list_state.tsx'
import { RecurrenceEditor } from './recurrence_editor.tsx'
import { TaskEditor } from './task_editor.tsx'
import { TaskLabels } from './task_labels.tsx'
import { Toolbar } from './toolbar.tsx'
import { draftOf, type Draft } from './draft.ts'

// Monday the 2nd of March, half past midnight in Tokyo: in UTC it is Sunday still.
const moment = momentAt(new Date('2026-03-01T15:30:00Z'), 'Asia/Tokyo')

test.each([
  ['', 'Paint'],
  ['AI', 'P<mark>ai</mark>nt'],
  [' p ', '<mark>P</mark>aint'],
  ['x', 'Paint'],
])('a search for “%s” is marked: %s', async (search, html) => {
  const { body, render, unmount } = await openDocument()
  await render(createElement(Highlight, { text: 'Paint', search }))
  expect(body.firstElementChild?.innerHTML).toBe(html)
  await render(createElement(Highlight, { text: 'aXbxc', search: 'x' }))
  expect(body.firstElementChild?.innerHTML).toBe('a<mark>X</mark>b<mark>x</mark>c')
  await render(createElement(Highlight, { text: 'Cafe\u0301 bar', search: 'bar' }))
  expect(body.firstElementChild?.innerHTML).toBe('Cafe\u0301 bar')
  await unmount()
})

async function label(fields: Partial<Task>, isUnderDay = false) {
  const { body, render, unmount } = await openDocument()
  await render(createElement(DueLabel, { task: taskWith(fields), moment, isUnderDay }))
  const shown = body.querySelector('time')
  const result = shown && [shown.textContent, shown.dataset['due'], shown.dateTime, shown.title]
  await unmount()
  return result
}

test('a due label says the day and the time where the user is, and whether that is over or today', async () => {
  expect(await label({})).toBeNull()
  expect(await label({ due_date: '2026-03-02' })).toEqual(['Due Today', 'today', '2026-03-02', 'Due 2026-03-02'])
  expect(await label({ due_date: '2026-03-01' })).toEqual([
    'Overdue since Yesterday',
    'overdue',
    '2026-03-01',
    'Due 2026-03-01',
  ])
  expect(await label({ due_date: '2026-03-03' }, true)).toBeNull()
  const zoned = { due_date: '2026-03-01', due_time: '23:30', due_zone: 'UTC', due_at: '2026-03-01T23:30:00.000Z' }
  expect((await label(zoned))?.slice(1)).toEqual(['today', '2026-03-01T23:30:00.000Z', 'Due 2026-03-01 23:30 UTC'])
  expect((await label(zoned))?.[0]).toMatch(/^Due Today 0?8:30/)
  expect((await label(zoned, true))?.[0]).toMatch(/^Due 0?8:30/)
})

test.each(['0026-03-02', '202610-03-02'])('labels show a date that is no day as it is: %s', async (day) => {
  expect((await label({ due_date: day, due_time: '08:00' }))?.[0]).toContain(day)
  const { body, render, unmount } = await openDocument()
  const recurrence = { rule: 'FREQ=WEEKLY', next: 'upcoming', start: day, occurrence: day, number: 1 } as const
  const task = taskWith({ start_date: day, recurrence })
  await render(createElement(TaskLabels, { task, moment: { ...moment, today: '0001-01-01' } }))
  expect(body.textContent).toContain(`Starts ${day}`)
  expect(body.textContent).toContain('every week')
  await unmount()
})

test('a due time that is in another year 10000 here is shown as it is in its own zone', async () => {
  const last = { due_date: '9999-12-31', due_time: '20:00', due_zone: 'UTC', due_at: '9999-12-31T20:00:00.000Z' }
  expect((await label(last))?.[0]).toMatch(/9999.*(?:20|8):00/)
  const first = {
    due_date: '1900-01-01',
    due_time: '08:00',
    due_zone: 'Asia/Tokyo',
    due_at: '1899-12-31T23:00:00.000Z',
  }
  expect((await label(first))?.[0]).toMatch(/1900.*8:00/)
})

test('the label of a completed task says when it was completed: the time of today, else the day', async () => {
  const completed = (completed_at: string, isUnderDay = false) =>
    label({ completed: true, completed_at, due_date: '2026-01-01' }, isUnderDay)
  expect((await completed('2026-03-01T15:00:00.000Z'))?.[0]).toMatch(/^Completed (?:00|12):00/)
  expect((await completed('2026-03-01T14:59:00.000Z'))?.[0]).toBe('Completed Yesterday')
  expect((await completed('2026-03-01T14:59:00.000Z', true))?.[0]).toMatch(/^Completed (?:23|11):59/)
})

test('labels say what a task has, and nothing of a start that has come', async () => {
  const { body, render, unmount } = await openDocument()
  const labels = async (fields: Partial<Task>) => {
    await render(createElement(TaskLabels, { task: taskWith(fields), moment }))
    return [...body.querySelectorAll('.row-label')].map(({ textContent }) => textContent?.trim())
  }
  expect(await labels({ start_date: '2026-03-02' })).toEqual([])
  expect(await labels({ start_date: '2026-03-03' })).toEqual(['Starts Tomorrow'])
  const checklist = [true, false, true].map((done, id) => ({ id: String(id), text: 'x', done }))
  expect(await labels({ priority: 'low', checklist, reminders: ['PT0S'], tags: ['a', 'b'] })).toEqual([
    'Low priority',
    '2/3 done',
    '1 reminder',
    '#a',
    '#b',
  ])
  await unmount()
})

async function toolbar(query: ListQuery) {
  const screen = await openDocument()
  const searched: string[] = []
  const changed: Partial<ListQuery>[] = []
  const props = {
    query,
    onSearch: (text: string) => searched.push(text),
    onChange: (change: Partial<ListQuery>) => changed.push(change),
  }
  await screen.render(createElement(Toolbar, props))
  return { ...screen, searched, changed }
}

test('a list is narrowed and sorted, and what a view does by itself is not in its address', async () => {
  const query = { view: 'today', priority: 'low', sort: 'title', search: 'a' } as const
  const { changed, enter, unmount } = await toolbar(query)
  const [priority, sort] = ['.select:nth-of-type(1)', '.select:nth-of-type(2)']
  await enter(priority, 'none')
  await enter(priority, '')
  await enter(sort, 'newest')
  await enter(sort, 'due')
  expect(changed).toEqual([{ priority: 'none' }, { priority: undefined }, { sort: 'newest' }, { sort: undefined }])
  await unmount()
})

test('a search ends by Escape and by its button, which gives the focus back', async () => {
  const { click, press, searched, unmount } = await toolbar({ view: 'all', search: 'a' })
  await press('#search', 'Escape')
  await press('#search', 'b')
  await click('.icon-button')
  expect([searched, document.activeElement?.id]).toEqual([['', ''], 'search'])
  await unmount()
  const empty = await toolbar({ view: 'all' })
  expect(empty.body.querySelector('.icon-button')).toBeNull()
  await empty.unmount()
})

/** What is shown instead of tasks. */
async function listState(hash: string, state: Parameters<ReturnType<typeof fakeWorkspace>['show']>[0], isEmpty = true) {
  const screen = await openDocument()
  const made = fakeWorkspace()
  made.show(state)
  const snapshot = made.workspace.replica.snapshot()
  let cleared = 0
  const props = { snapshot, route: routeOf(hash), isEmpty, onClearFilters: () => cleared++ }
  await screen.render(made.wrap(createElement(ListState, props)))
  const titles = () =>
    [...document.querySelectorAll('.state-title, .state-line, button')].map((part) => part.textContent)
  return { ...screen, undone: made.undone, cleared: () => cleared, titles }
}

const painted = taskWith({ id: 1, title: 'Paint', due_date: '2030-01-01' })

test.each([
  ['#/all', { tasks: [] }, true, ['No tasks yet'], 'none'],
  ['#/completed', { tasks: [] }, true, ['No completed tasks yet'], 'none'],
  ['#/today', { tasks: [painted] }, true, ['All done for today'], 'done'],
  ['#/all', { tasks: [painted] }, true, ['All done'], 'done'],
  ['#/tag/home', { tasks: [painted] }, true, ['No pending tasks with #home'], 'done'],
  ['#/upcoming', { tasks: [painted] }, true, ['Nothing is coming up'], 'none'],
  [
    '#/today?search=paint',
    { tasks: [painted] },
    true,
    ['No tasks match “paint”', 'Show 1 in all tasks', 'Clear search'],
    undefined,
  ],
  ['#/today?search=rent', { tasks: [painted] }, true, ['No tasks match “rent”', 'Clear search'], undefined],
  [
    '#/today?priority=high',
    { tasks: [painted] },
    true,
    ['No tasks of this priority', 'Show all priorities'],
    undefined,
  ],
  ['#/today?search=paint', { tasks: [painted] }, false, [], undefined],
  ['#/all', { phase: 'loading' }, true, [], undefined],
  ['#/all', { phase: 'loading' }, false, ['Loading more…'], undefined],
] as const)('%s says why it is empty: %o, %s', async (hash, state, isEmpty, titles, mark) => {
  const shown = await listState(hash, state, isEmpty)
  expect(shown.titles()).toEqual(titles)
  expect(shown.body.querySelector<HTMLElement>('.state-mark')?.dataset['mark']).toBe(mark)
  await shown.unmount()
})

test('tasks that match elsewhere are shown with what was searched, and filters are cleared', async () => {
  const { cleared, click, unmount } = await listState('#/today?search=paint&priority=none', { tasks: [painted] })
  await click('.button-primary')
  expect(location.hash).toBe('#/all?search=paint&priority=none')
  await click('.button-plain')
  expect(cleared()).toBe(1)
  await unmount()
})

test('tasks that could not be loaded are asked for again', async () => {
  const { click, find, undone, unmount } = await listState('#/all', { phase: 'failed', failure: new Error('x') })
  expect(find('[role=alert]').textContent).toContain('Something went wrong.')
  await click('button')
  expect(undone).toEqual(['retry'])
  await unmount()
})

test('an action is confirmed by a second press, and leaving the button takes the question back', async () => {
  const { click, dispatch, find, render, unmount } = await openDocument()
  let confirmed = 0
  await render(createElement(ConfirmButton, { text: 'Delete', label: 'Delete key A', onConfirm: () => confirmed++ }))
  await click('button')
  expect([confirmed, find('button').getAttribute('aria-label')]).toEqual([0, expect.stringContaining(': Delete key A')])
  await dispatch(find('button'), 'focusout')
  await click('button')
  expect(confirmed).toBe(0)
  await click('button')
  expect([confirmed, find('button').textContent]).toEqual([1, 'Delete'])
  await unmount()
})

test('a docked panel takes the focus, closes by Escape, and returns the focus unless it is elsewhere by then', async () => {
  const { act, body, find, press, render, unmount } = await openDocument()
  let closed = 0
  function Page({ isOpen }: { readonly isOpen: boolean }) {
    const panel = createElement(Docked, {
      key: 'panel',
      title: 'History',
      onClose: () => closed++,
      children: createElement('input', {
        id: 'inside',
        onKeyDown: (event: { readonly key: string; preventDefault: () => void }) =>
          event.key === 'Escape' && closed > 0 && event.preventDefault(),
      }),
    })
    return [
      createElement('button', { key: 'a', id: 'a' }),
      createElement('button', { key: 'b', id: 'b' }),
      isOpen && panel,
    ]
  }
  const show = (isOpen: boolean) => render(createElement(Page, { isOpen }))
  await show(false)
  const focused = () => document.activeElement
  await act(() => find('#a').focus())
  await show(true)
  expect(focused()).toBe(find('.pane'))
  expect(await press('#inside', 'Escape')).toBe(false)
  expect(await press('#inside', 'Escape')).toBe(false)
  expect(await press('#inside', 'x')).toBe(true)
  expect(closed).toBe(1)
  await show(false)
  expect(focused()).toBe(find('#a'))
  await show(true)
  await act(() => find('#b').focus())
  await show(false)
  expect(focused()).toBe(find('#b'))
  expect(body.querySelector('.pane')).toBeNull()
  await unmount()
})

test('a field names its hint and its problem to screen readers', async () => {
  const { find, render, unmount } = await openDocument()
  const described = () =>
    find('input')
      .getAttribute('aria-describedby')
      ?.split(' ')
      .map((id) => document.getElementById(id)?.textContent)
  await render(createElement(Field, { label: 'Name', hint: 'Short', problem: 'Too long' }))
  expect([described(), find('input').getAttribute('aria-invalid')]).toEqual([['Short', 'Too long'], 'true'])
  await render(createElement(Field, { label: 'Name', problem: null }))
  expect([described(), find('input').getAttribute('aria-invalid')]).toEqual([undefined, null])
  await unmount()
})

test('the connection is that of the network, else that of the server, with what waits', async () => {
  const { unmount } = await openDocument()
  const { show, workspace } = fakeWorkspace()
  const text = () => connectionText(workspace.replica.snapshot())
  expect(text()).toBe('Live')
  show({ connection: 'offline', waiting: [{}, {}] as never })
  expect(text()).toBe('Server not reachable, 2 changes waiting')
  Object.assign(navigator, { onLine: false })
  expect(text()).toBe('Offline, 2 changes waiting')
  await unmount()
})

test('tags in use are linked, and the one that is shown also where it is used no more', async () => {
  const { body, render, unmount } = await openDocument()
  const links = async (tasks: readonly Task[], hash: string) => {
    await render(createElement(TagLinks, { counts: countTasks(tasks, moment), route: routeOf(hash) }))
    return [...body.querySelectorAll('a')].map((link) => [
      link.getAttribute('href'),
      link.getAttribute('aria-current'),
      link.textContent,
    ])
  }
  expect(await links([], '#/today')).toEqual([])
  expect(await links([taskWith({ tags: ['a b'] })], '#/tag/home')).toEqual([
    ['#/tag/a%20b', null, '#a b1'],
    ['#/tag/home', 'page', '#home0'],
  ])
  expect(await links([taskWith({ tags: ['home'] })], '#/tag/home')).toEqual([['#/tag/home', 'page', '#home1']])
  await unmount()
})

test('signing out is immediate where nothing waits', async () => {
  const { body, click, render, unmount } = await openDocument()
  const { workspace, wrap } = fakeWorkspace()
  let signedOut = 0
  Object.assign(workspace, { countUnsent: async () => 0, signOut: async () => void signedOut++ })
  await render(wrap(createElement(SignOut)))
  await click('button')
  expect([signedOut, body.querySelectorAll('button').length]).toEqual([1, 1])
  await unmount()
})

test('a plain description is a field at once, which takes no focus by itself', async () => {
  const { body, render, unmount } = await openDocument()
  const { wrap } = fakeWorkspace()
  await render(wrap(createElement(DescriptionField, { value: 'Plain', onChange: () => {} })))
  expect([body.querySelector('textarea')?.value, document.activeElement === document.body]).toEqual(['Plain', true])
  await unmount()
})

/** The editor of a recurrence, whose value is what it was changed to last. */
async function recurring(rule: string, due_date: string) {
  const screen = await openDocument()
  const { wrap } = fakeWorkspace({ zone: 'Asia/Tokyo' })
  let value: readonly [RecurrenceDraft, string] = [{ rule, next: 'upcoming' }, due_date]
  function Editor() {
    const [[recurrence, day], set] = useState(value)
    value = [recurrence, day]
    return createElement(RecurrenceEditor, { recurrence, due_date: day, onChange: (next, to) => set([next, to]) })
  }
  await screen.render(wrap(createElement(Editor)))
  const choices = () =>
    [...document.querySelectorAll('select:first-of-type option')].map((option) => option.getAttribute('value'))
  return { ...screen, choices, value: () => value }
}

test('a rule is chosen from the usual ones, the end of the month on its last days, and the one that the task has', async () => {
  const usual = ['', 'FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'FREQ=WEEKLY', 'FREQ=MONTHLY', 'FREQ=YEARLY']
  for (const [day, rule, others] of [
    ['2026-03-28', '', []],
    ['2026-03-29', '', ['FREQ=MONTHLY;BYMONTHDAY=-1']],
    ['2026-03-31', 'FREQ=DAILY;INTERVAL=3', ['FREQ=MONTHLY;BYMONTHDAY=-1', 'FREQ=DAILY;INTERVAL=3']],
  ] as const) {
    const { choices, unmount } = await recurring(rule, day)
    expect(choices()).toEqual([...usual, ...others, 'custom'])
    await unmount()
  }
})

test('the next four days of a rule are shown, and whether more follow', async () => {
  const { enter, find, value, unmount } = await recurring('FREQ=WEEKLY', '2040-01-02')
  const days = () => find('.hint').textContent?.split('·').length
  expect([days(), find('.hint').textContent?.endsWith(' …')]).toEqual([4, true])
  await enter('select', 'custom')
  await enter('p.field:nth-of-type(3) select', 'count')
  await enter('p:last-of-type input', '4')
  expect([value()[0].rule, days(), find('.hint').textContent?.endsWith(' …')]).toEqual([
    'FREQ=WEEKLY;COUNT=4',
    4,
    false,
  ])
  await enter('p:last-of-type input', '5')
  expect([days(), find('.hint').textContent?.endsWith(' …')]).toEqual([4, true])
  await unmount()
})

test('a rule ends on a date: four weeks later until another is chosen, and never on one that is half typed', async () => {
  const { enter, find, value, unmount } = await recurring('FREQ=WEEKLY', '2040-01-02')
  await enter('select', 'custom')
  await enter('p.field:nth-of-type(3) select', 'until')
  expect(value()[0].rule).toBe('FREQ=WEEKLY;UNTIL=20400130')
  const lastDay = () => find('.rule-fields p:last-of-type input')
  for (const [typed, rule] of [
    ['', 'FREQ=WEEKLY;UNTIL=20400130'],
    ['0002-02-06', 'FREQ=WEEKLY;UNTIL=20400130'],
    ['2040-02-06', 'FREQ=WEEKLY;UNTIL=20400206'],
  ] as const) {
    await enter('.rule-fields p:last-of-type input', typed)
    expect([lastDay().getAttribute('value'), value()[0].rule]).toEqual([typed, rule])
  }
  await enter('p.field:nth-of-type(3) select', '')
  expect(value()[0].rule).toBe('FREQ=WEEKLY')
  await enter('p.field:nth-of-type(3) select', 'until')
  expect(value()[0].rule).toBe('FREQ=WEEKLY;UNTIL=20400206')
  await unmount()
  const last = await recurring('FREQ=DAILY', '9999-12-31')
  await last.enter('select', 'custom')
  await last.enter('p.field:nth-of-type(3) select', 'until')
  expect(last.value()[0].rule).toBe('FREQ=DAILY;UNTIL=99991231')
  await last.unmount()
})

test('a task without a date gets the one of today to repeat, and a rule of its own begins on the weekday of that', async () => {
  const { click, enter, value, unmount } = await recurring('', '')
  await enter('select', 'FREQ=DAILY')
  const today = new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Tokyo' }).format(new Date())
  expect(value()).toEqual([{ rule: 'FREQ=DAILY', next: 'upcoming' }, today])
  await click('.choice input')
  expect(value()).toEqual([{ rule: 'FREQ=DAILY', next: 'completion' }, today])
  await enter('select', '')
  expect(value()[0].rule).toBe('')
  await unmount()
  const own = await recurring('', '2026-03-05')
  await own.enter('select', 'custom')
  expect(own.value()).toEqual([{ rule: 'FREQ=WEEKLY;BYDAY=TH', next: 'upcoming' }, '2026-03-05'])
  await own.unmount()
})

/** The editor of a task, and what was done in it. */
async function editor(task: Task, caret?: number) {
  const screen = await openDocument()
  const { wrap } = fakeWorkspace({ tasks: [task] })
  const done: unknown[] = []
  const heard: string[] = []
  function Editor() {
    const [draft, onChange] = useState<Draft>(draftOf(task, caret))
    return createElement(TaskEditor, {
      draft,
      onChange,
      onSave: ({ title }) => done.push(['save', title]),
      onCancel: () => done.push('cancel'),
      onSkip: () => done.push('skip'),
    })
  }
  const list = { onKeyDown: ({ key }: { readonly key: string }) => void heard.push(key) }
  await screen.render(wrap(createElement('div', list, createElement(Editor))))
  const title = screen.find<HTMLTextAreaElement>('.editor-title')
  return { ...screen, title, done: () => done.splice(0), heard, problem: () => screen.find('[role=alert]').textContent }
}

test('an editor opens with the focus where its title was clicked, else at the end', async () => {
  const at = async (caret?: number) => {
    const { title, unmount } = await editor(taskWith({ title: 'Call' }), caret)
    const focused = [document.activeElement === title, title.selectionStart, title.selectionEnd]
    await unmount()
    return focused
  }
  expect([await at(), await at(0), await at(2), await at(99)]).toEqual(
    [4, 0, 2, 4].map((place) => [true, place, place]),
  )
})

test('a title is one line: Enter saves it, and one that is pasted is joined', async () => {
  const { done, enter, heard, press, title, unmount } = await editor(taskWith({ title: 'Call' }))
  await enter('.editor-title', 'Call  \n  Ben')
  expect(title.value).toBe('Call Ben')
  expect(await press('.editor-title', 'Enter', { isComposing: true })).toBe(true)
  expect(await press('.editor-description', 'Enter')).toBe(true)
  expect(done()).toEqual([])
  expect(await press('.editor-title', 'Enter')).toBe(false)
  expect(await press('.editor-description', 'Enter', { ctrlKey: true })).toBe(false)
  expect(done()).toEqual([1, 2].map(() => ['save', 'Call Ben']))
  await press('.editor-title', 'Escape')
  expect([done(), heard]).toEqual([['cancel'], []])
  await unmount()
})

test('a draft with a mistake is not saved; an empty title is said once it is', async () => {
  const { click, done, enter, press, problem, title, unmount } = await editor(taskWith({ title: 'Call' }))
  await enter('.editor-title', '')
  expect([problem(), title.getAttribute('aria-invalid')]).toEqual(['', 'false'])
  await press('.editor-title', 'Enter')
  expect([problem() === '', title.getAttribute('aria-invalid'), done()]).toEqual([false, 'true', []])
  await enter('.editor-title', 'Call')
  await click('[type=submit]')
  expect([problem(), done()]).toEqual(['', [['save', 'Call']]])
  await unmount()
})
