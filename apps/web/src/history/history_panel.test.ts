import { TaskwireError } from '@taskwire/client'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { changeOf, openPage, taskWith } from '@taskwire/offline/testing'
import { renderScreen } from '@taskwire/offline/testing/screen'
import { createElement } from 'react'
import type { Change } from '../client.ts'
import { t } from '../texts/texts.ts'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { differencesOf, kindOf, sourceOf } from './describe_change.ts'
import HistoryPanel from './history_panel.tsx'

const { editor, shell } = t
const utc = { time_zone: 'UTC' }
const settings = { current: () => utc, subscribe: () => () => {} }

let listeners: Set<(change: Change) => void>
let asked: object[]
let said: string[]
let undone: number[]
beforeEach(() => {
  openPage()
  listeners = new Set()
  asked = []
  said = []
  undone = []
})

type Page = { items: readonly Change[]; next_cursor: string | null }

/** The history of task 1, whose server answers these pages one after the other. */
async function history(...pages: readonly (Page | Error | Promise<Page>)[]) {
  async function query(input: object): Promise<Page> {
    const page = await pages[asked.push(input) - 1]
    if (page === undefined || page instanceof Error) throw page ?? new TaskwireError('unreachable')
    return page
  }
  const workspace = {
    client: { task: { history: { query } } },
    replica: {
      onChange(listener: (change: Change) => void) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    undoStack: { undoChange: ({ seq }: Change) => undone.push(seq) },
    settings,
    notify: (text: string) => said.push(text),
  } as unknown as Workspace
  const panel = createElement(HistoryPanel, { task_id: 1, isDocked: true, onClose: () => {} })
  const screen = await renderScreen(createElement(WorkspaceContext, { value: workspace }, panel))
  const kinds = () => [...screen.document.querySelectorAll('strong')].map((kind) => kind.textContent)
  const tell = (change: Change) => screen.act(() => listeners.forEach((listener) => listener(change)))
  return { ...screen, kinds, tell }
}

const one = taskWith()
const created = changeOf(1, null, one)
const updated = changeOf(2, one, taskWith({ title: 'Call Bob', version: 2 }))
const deleted = changeOf(3, taskWith({ title: 'Call Bob', version: 2 }), null)

test('the changes of a task show from the latest on, under its title, and those that arrive join them once', async () => {
  const { find, kinds, tell, unmount } = await history({ items: [updated, created], next_cursor: null })
  expect([kinds(), find('.history-task').textContent]).toEqual([
    [editor.kinds.updated, editor.kinds.created],
    'Call Bob',
  ])
  await tell(deleted)
  await tell(deleted)
  await tell({ ...changeOf(4, null, taskWith({ id: 2 })), task_id: 2 })
  expect(kinds()).toEqual([editor.kinds.deleted, editor.kinds.updated, editor.kinds.created])
  expect([find('.history-task').textContent, asked]).toEqual(['Call Bob', [{ task_id: 1, limit: 50 }]])
  unmount()
})

test('earlier changes are read page by page, and a page that fails says so and can be asked for again', async () => {
  const { buttons, click, kinds, text, unmount } = await history(
    { items: [updated], next_cursor: 'c' },
    new TaskwireError('unreachable'),
    { items: [created], next_cursor: null },
  )
  await click(editor.showEarlier)
  expect([text().includes(t.account.errors.unreachable), kinds()]).toEqual([true, [editor.kinds.updated]])
  await click(editor.showEarlier)
  expect([text().includes(t.account.errors.unreachable), kinds().length]).toEqual([false, 2])
  expect(asked.slice(1)).toEqual(Array.from({ length: 2 }, () => ({ task_id: 1, limit: 50, cursor: 'c' })))
  expect(buttons()).not.toContain(editor.showEarlier)
  unmount()
})

test('only the latest change is offered to be undone', async () => {
  const { buttons, click, unmount } = await history({ items: [updated, created], next_cursor: null })
  expect(buttons().filter((name) => name === editor.undoThis)).toHaveLength(1)
  await click(editor.undoThis)
  expect([undone, said]).toEqual([[2], [editor.undone]])
  unmount()
})

test('it says that it is loading, and why it could not', async () => {
  const { promise, reject } = Promise.withResolvers<Page>()
  const { act, text, unmount } = await history(promise)
  expect(text()).toContain(shell.loadingNow)
  await act(() => reject(new TaskwireError('task_not_found')))
  expect(text()).toContain(t.account.errors.task_not_found)
  expect(text()).not.toContain(shell.loadingNow)
  unmount()
})

test('a history that is left listens to nothing', async () => {
  const { unmount } = await history({ items: [], next_cursor: null })
  expect(listeners.size).toBe(1)
  unmount()
  expect(listeners.size).toBe(0)
})

test('a change of the assistant leads to its conversation', async () => {
  const { find, unmount } = await history({
    items: [{ ...created, via: 'chat', conversation_id: 7 }],
    next_cursor: null,
  })
  onTestFinished(unmount)
  expect(find<HTMLAnchorElement>('.change-source a').getAttribute('href')).toBe('#/all/chat/7')
  expect(find('.change-source').textContent).toContain(editor.sources.chat)
})

test('a change names what it was, where it came from, and that it undid another', () => {
  expect([kindOf(created), sourceOf({ ...created, via: 'sql' })]).toEqual(['Created', editor.sources.sql])
  expect(kindOf({ ...deleted, undoes: 1 })).toBe('Deleted (undo)')
})

test('a change names the fields that it gave another value, and nothing where the kind says it', () => {
  const after = taskWith({ title: 'Call Bob', tags: ['work'], due_date: '2026-03-02' })
  expect(differencesOf(changeOf(2, one, after))).toEqual([
    { field: 'Title', before: 'Call', after: 'Call Bob' },
    { field: 'Tags', before: 'None', after: 'work' },
    { field: 'Due date', before: undefined, after: '2026-03-02' },
  ])
  expect(differencesOf(created)).toEqual([])
  expect(differencesOf(deleted)).toEqual([])
  const { reminders: _, ...older } = one
  expect(differencesOf({ ...changeOf(2, one, taskWith({ reminders: ['0 minutes'] })), before: older })).toEqual([])
  for (const kind of ['completed', 'reopened'] as const) {
    expect(differencesOf({ ...changeOf(2, one, taskWith({ completed: true })), kind })).toEqual([])
  }
})
