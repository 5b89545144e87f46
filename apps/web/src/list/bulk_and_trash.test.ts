import { TaskwireError } from '@taskwire/client'
import { momentAt } from '@taskwire/calendar'
import { changeOf, taskWith, writeOf } from '@taskwire/offline/testing'
import { openDocument } from '@taskwire/offline/testing/document'
import { createElement } from 'react'
import { expect, test } from 'vitest'
import { fakeWorkspace } from '../../testing/workspace.ts'
import type { Change, Task } from '../client.ts'
import BulkBar from './bulk_bar.tsx'
import { unsentDeletionOf } from './deletion.ts'
import { EmptyTrash } from './empty_trash.tsx'
import { storedTrash, storeTrash, type TrashedTask } from './stored_trash.ts'
import TrashList from './trash_list.tsx'

const noon = momentAt(new Date('2026-03-02T12:00:00Z'), 'UTC')

async function bulk(selected: readonly Task[]) {
  const screen = await openDocument()
  const made = fakeWorkspace({ tasks: selected })
  let cleared = 0
  const props = { selected, moment: noon, onClear: () => cleared++ }
  await screen.render(made.wrap(createElement(BulkBar, props)))
  const sent = () =>
    made.dispatched.splice(0).map(({ id, intent }) => [id, 'fields' in intent ? intent.fields : intent.kind])
  const said = () => made.toasts.splice(0).map(({ title }) => title)
  return { ...screen, sent, said, undone: made.undone, toasts: made.toasts, cleared: () => cleared }
}

const one = taskWith({ id: 1, title: 'One', priority: 'high', tags: ['home'], due_date: '2026-03-05' })
const two = taskWith({ id: 2, title: 'Two' })
const done = taskWith({ id: 3, title: 'Three', completed: true })

test('those of the selected that are pending are completed together, and undone together', async () => {
  const { click, cleared, sent, said, toasts, undone, unmount } = await bulk([one, two, done])
  await click('.button')
  toasts[0]?.actionProps?.onClick()
  expect(sent()).toEqual([
    [1, 'complete'],
    [2, 'complete'],
  ])
  expect([said(), cleared(), undone]).toEqual([['2 tasks were completed'], 1, [expect.objectContaining({ length: 2 })]])
  await unmount()
})

test('where all of the selected are completed they are reopened', async () => {
  const { click, find, sent, said, unmount } = await bulk([done])
  expect([find('.button').textContent, find('.bulk-count').textContent]).toEqual(['Reopen', '1 task selected'])
  await click('.button')
  expect([sent(), said()]).toEqual([[[3, 'reopen']], ['“Three” was changed']])
  await unmount()
})

test('a due date, a priority and a tag are given to those that have another, and said once', async () => {
  const { body, enter, find, dispatch, sent, said, unmount } = await bulk([one, two])
  await enter('[aria-label="Set the due date"]', 'week')
  expect(sent()).toEqual([1, 2].map((id) => [id, { due_date: '2026-03-09' }]))
  await enter('[aria-label="Set the due date"]', 'none')
  expect(sent()).toEqual([[1, { due_date: null }]])
  await enter('[aria-label="Set the priority"]', 'high')
  expect(sent()).toEqual([[2, { priority: 'high' }]])
  await enter('[aria-label="Set the priority"]', 'none')
  expect(sent()).toEqual([[1, { priority: null }]])
  await enter('.bulk-tag', ' ##Home ')
  await dispatch(find('form'), 'submit')
  expect(sent()).toEqual([[2, { tags: ['home'] }]])
  expect(said()).toHaveLength(5)
  for (const tag of ['  ', '#', 'a,b']) {
    await enter('.bulk-tag', tag)
    await dispatch(find('form'), 'submit')
  }
  expect([sent(), said(), body.querySelector('.bulk-date')]).toEqual([[], [], null])
  await unmount()
})

test('a task with as many tags as one may have gets no other', async () => {
  const tags = Array.from({ length: 20 }, (_, at) => `tag ${at}`)
  const { enter, find, dispatch, sent, unmount } = await bulk([
    taskWith({ id: 1, tags }),
    taskWith({ id: 2, tags: tags.slice(1) }),
  ])
  await enter('.bulk-tag', 'new')
  await dispatch(find('form'), 'submit')
  expect(sent()).toEqual([[2, { tags: [...tags.slice(1), 'new'] }]])
  await unmount()
})

test('another day is picked, by Enter or by leaving its field, which asks for nothing while it is empty', async () => {
  const { body, dispatch, enter, find, press, sent, unmount } = await bulk([two])
  const pick = () => enter('[aria-label="Set the due date"]', 'pick')
  await pick()
  await press('.bulk-date', 'Enter')
  await dispatch(find('.bulk-date'), 'focusout')
  expect([sent(), body.querySelector('.bulk-date')]).toEqual([[], null])
  await pick()
  find<HTMLInputElement>('.bulk-date').value = '2026-04-01'
  await press('.bulk-date', 'Enter')
  expect(sent()).toEqual([[2, { due_date: '2026-04-01' }]])
  await dispatch(find('.bulk-date'), 'focusout')
  expect(sent()).toEqual([[2, { due_date: '2026-04-01' }]])
  await unmount()
})

test.each(['0026-04-01', '202610-04-01'])('a day that no task may have, as in %s, is not given to any', async (day) => {
  const { body, dispatch, enter, find, press, sent, unmount } = await bulk([two])
  await enter('[aria-label="Set the due date"]', 'pick')
  find<HTMLInputElement>('.bulk-date').value = day
  // A field of a real browser takes six digits for the year.
  Object.defineProperty(find('.bulk-date'), 'value', { value: day })
  await press('.bulk-date', 'Enter')
  expect(sent()).toEqual([])
  await dispatch(find('.bulk-date'), 'focusout')
  expect([sent(), body.querySelector('.bulk-date')]).toEqual([[], null])
  await unmount()
})

test('the selected are deleted, and Escape selects nothing', async () => {
  const { click, cleared, press, sent, unmount } = await bulk([one, done])
  await press('.bulk', 'Escape')
  await press('.bulk', 'a')
  expect([cleared(), sent()]).toEqual([1, []])
  await click('.bulk > .button:nth-last-child(2)')
  expect(sent()).toEqual([
    [1, 'delete'],
    [3, 'delete'],
  ])
  await unmount()
})

const deleted = (id: number, day: number): TrashedTask => ({
  ...taskWith({ id, title: `Task ${id}`, version: 2 }),
  deleted_at: `2026-03-0${day}T00:00:00.000Z`,
})

/** The question whether to empty the trash, of a server that gives these answers. */
async function emptying(answers: readonly (object | Error)[], hasMore = false) {
  const screen = await openDocument()
  const asked: unknown[] = []
  const left = [...answers]
  async function mutate(input: object) {
    asked.push(input)
    const answer = left.shift()
    if (answer instanceof Error) throw answer
    return answer
  }
  const made = fakeWorkspace({ client: { task: { empty_trash: { mutate } } } })
  let emptied = 0
  const tasks = [deleted(1, 2), deleted(2, 4), taskWith({ id: 3 }), deleted(4, 3)]
  const onEmptied = async () => void emptied++
  await screen.render(made.wrap(createElement(EmptyTrash, { tasks, hasMore, onEmptied })))
  return { ...screen, ...made, asked, emptied: () => emptied, text: () => screen.body.textContent }
}

test('the trash is emptied after a question, of what was deleted until the last that is shown, in as many calls as it takes', async () => {
  const { asked, click, emptied, text, toasts, undone, unmount } = await emptying([
    { removed: 500, has_more: true },
    { removed: 3, has_more: false },
  ])
  await click('button')
  expect([text(), asked]).toEqual(['Delete 4 tasks for good', []])
  await click('button')
  expect(asked).toEqual([1, 2].map(() => ({ deleted_until: '2026-03-04T00:00:00.000Z' })))
  expect([toasts.map(({ title }) => title), undone, emptied(), text()]).toEqual([
    ['503 tasks were deleted for good'],
    ['forgotten'],
    1,
    'Empty trash…',
  ])
  await unmount()
})

test('emptying ends where nothing more can be removed, and a failure of it is said', async () => {
  const stuck = await emptying([{ removed: 0, has_more: true }], true)
  await stuck.click('button')
  expect(stuck.text()).toBe('Delete all of them for good')
  await stuck.click('button')
  expect(stuck.asked).toHaveLength(1)
  await stuck.unmount()
  const { click, emptied, text, toasts, undone, unmount } = await emptying([
    { removed: 500, has_more: true },
    new TaskwireError('unreachable'),
  ])
  await click('button')
  await click('button')
  expect(toasts).toMatchObject([{ title: 'The trash could not be emptied', priority: 'high' }])
  expect([undone, emptied(), text()]).toEqual([[], 1, 'Empty trash…'])
  await unmount()
})

test('the question is withdrawn by leaving it and by Escape', async () => {
  const { asked, click, dispatch, find, press, text, unmount } = await emptying([])
  await click('button')
  await dispatch(find('button'), 'focusout')
  expect(text()).toBe('Empty trash…')
  await click('button')
  await press('button', 'a')
  expect(text()).toBe('Delete 4 tasks for good')
  await press('button', 'Escape')
  expect([text(), asked]).toEqual(['Empty trash…', []])
  await unmount()
})

interface Page {
  readonly items: readonly TrashedTask[]
  readonly next_cursor: string | null
}

/** The trash of a server that has these pages, or none while it cannot be reached. */
async function trash(
  pages: readonly (Page | Error)[],
  {
    history: items = [],
    ...options
  }: Parameters<typeof fakeWorkspace>[0] & { readonly history?: readonly Change[] } = {},
  before = () => {},
) {
  const screen = await openDocument()
  before()
  const asked: object[] = []
  const left = [...pages]
  async function query(input: object) {
    asked.push(input)
    const page = left.length > 1 ? left.shift() : left[0]
    if (page instanceof Error) throw page
    return page
  }
  const history = { query: async () => ({ items }) }
  const made = fakeWorkspace({ client: { task: { list: { query }, history } }, ...options })
  await screen.render(made.wrap(createElement(TrashList)))
  const titles = () => [...document.querySelectorAll('.row-name')].map((name) => name.textContent)
  return { ...screen, ...made, asked, titles, said: () => made.toasts.map(({ title }) => title) }
}

test('the trash shows what was deleted, a page at a time, and keeps the first for when there is no connection', async () => {
  const { asked, click, titles, unmount } = await trash([
    { items: [deleted(1, 2)], next_cursor: 'more' },
    { items: [deleted(2, 1)], next_cursor: null },
  ])
  expect(titles()).toEqual(['Task 1'])
  expect(storedTrash('ada')?.map(({ id }) => id)).toEqual([1])
  await click('.tasks > .button')
  expect(titles()).toEqual(['Task 1', 'Task 2'])
  const page = { status: 'deleted', limit: 100, sort: 'updated_at' }
  expect([asked, document.querySelector('.tasks > .button')]).toEqual([[page, { ...page, cursor: 'more' }], null])
  await unmount()
})

test('without a connection the trash is that of the last one, else it can be tried again', async () => {
  const failing = [new TaskwireError('unreachable')]
  const stored = await trash(failing, {}, () => storeTrash('ada', [deleted(1, 2)]))
  expect([stored.titles(), stored.find('.trash-note').textContent]).toEqual([
    ['Task 1'],
    expect.stringContaining('These are those of the last connection.'),
  ])
  await stored.unmount()
  const { click, find, titles, unmount } = await trash(
    [...failing, { items: [deleted(2, 2)], next_cursor: null }],
    {},
    () => storeTrash('bob', [deleted(1, 2)]),
  )
  expect(find('[role=alert]').textContent).toContain('The server cannot be reached.')
  await click('button')
  expect([titles(), document.body.textContent]).toEqual([
    ['Task 2'],
    expect.not.stringContaining('These are those of the last connection.'),
  ])
  await unmount()
})

test('the trash is read again when something is deleted or restored, until it is left', async () => {
  const { act, asked, hear, listeners, unmount } = await trash([{ items: [], next_cursor: null }])
  const change = changeOf(1, taskWith(), taskWith())
  expect(listeners.changes).toBe(1)
  await act(() => hear(change))
  expect(asked).toHaveLength(1)
  await act(() => hear({ ...change, kind: 'deleted' }))
  await act(() => hear({ ...change, kind: 'restored' }))
  expect(asked).toHaveLength(3)
  await unmount()
  expect(listeners).toEqual({ changes: 0, snapshots: 0 })
})

const two_deleted = { items: [deleted(1, 2), deleted(2, 1)], next_cursor: null }

test('what waits to be sent shows in the trash already: the latest deletion first, and not what is being restored', async () => {
  const { act, show, titles, unmount } = await trash([two_deleted])
  const waiting = [
    writeOf(taskWith({ id: 5, title: 'Five' }), { kind: 'delete' }),
    writeOf(taskWith({ id: 6, title: 'Six' }), { kind: 'delete' }),
    writeOf(taskWith({ id: 7, title: 'Seven' }), { kind: 'delete' }, { withdrawn: true }),
    writeOf(taskWith({ id: 2 }), { kind: 'undo', seq: 1, before: null }),
  ]
  await act(() => show({ waiting }))
  expect(titles()).toEqual(['Six', 'Five', 'Task 1'])
  await unmount()
})

test('restoring undoes the deletion: the one that waits, the one that was heard of, or the one in the history', async () => {
  const heard = { ...changeOf(9, taskWith({ id: 1 }), null), task_id: 1 }
  const { act, click, said, show, titles, undone, unmount } = await trash([two_deleted], { changes: [heard] })
  await click('.trash-row:nth-child(1) .button')
  expect([undone.splice(0), said(), titles()]).toEqual([[heard], ['“Task 1” was restored'], ['Task 2']])
  await click('.trash-row .button')
  expect([undone.splice(0), said().at(-1)]).toEqual([[], 'This task can no longer be restored'])
  const unsent = writeOf(taskWith({ id: 2, title: 'Task 2' }), { kind: 'delete' })
  await act(() => show({ waiting: [unsent] }))
  await click('.trash-row .button')
  expect(undone).toEqual([[unsent]])
  await unmount()
})

test('an unsent deletion is found by any id that its task has had', () => {
  const unsent = writeOf(taskWith({ id: 7 }), { kind: 'delete' })
  const made = fakeWorkspace()
  made.show({ waiting: [unsent] })
  const { replica } = made.workspace
  Object.assign(replica, { rowKey: (id: number) => (id === 7 ? -1 : id) })
  expect([-1, 7, 8].map((id) => unsentDeletionOf(replica, id))).toEqual([unsent, unsent, undefined])
})

test('restoring undoes the deletion that is shown, not an earlier one, and no other change', async () => {
  const task = taskWith({ id: 1, title: 'Renamed', version: 4 })
  const earlier = changeOf(9, taskWith({ id: 1 }), null)
  const items = [{ ...deleted(1, 2), version: 5 }]
  const restoring = async (latest: Change) => {
    const { click, undone, unmount } = await trash([{ items, next_cursor: null }], {
      changes: [earlier],
      history: [latest],
    })
    await click('.trash-row .button')
    await unmount()
    return undone
  }
  const later = changeOf(12, task, null)
  expect(await restoring(later)).toEqual([later])
  expect(await restoring(changeOf(13, null, task))).toEqual([])
})
