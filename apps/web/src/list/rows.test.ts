import { taskWith } from '@taskwire/offline/testing'
import { openDocument } from '@taskwire/offline/testing/document'
import { createElement, useRef } from 'react'
import { expect, test } from 'vitest'
import type { Task } from '../client.ts'
import { prefer, singleKeys } from '../shell/preference.ts'
import { useRowKeys } from './use_row_keys.ts'

const some = (...ids: readonly number[]) => ids.map((id) => taskWith({ id, title: `Task ${id}` }))

/** A list of rows with a box, a title and a button, and what their keys ask for. */
async function rows(first: readonly Task[]) {
  const screen = await openDocument()
  const asked: unknown[] = []
  const scrolled: number[] = []
  let keys: ReturnType<typeof useRowKeys> | undefined
  const named = (name: string) => (task: Task, to?: Task | string) => {
    asked.push([name, task.id, ...(to === undefined ? [] : [typeof to === 'string' ? to : to.id])])
    return true
  }
  const actions = {
    toggle: named('toggle'),
    edit: named('edit'),
    delete: named('delete'),
    select: named('select'),
    extend: named('extend'),
    move: named('move'),
    openMenu: named('menu'),
    selectAll: () => asked.push('all'),
    clearSelection: () => asked.push('none'),
  }
  function List({ tasks }: { readonly tasks: readonly Task[] }) {
    const list = useRef<HTMLUListElement>(null)
    const keyOf = ({ id }: Task) => Math.abs(id) * 10
    const used = useRowKeys({ tasks, keyOf, list, scrollTo: (index) => scrolled.push(index) })
    keys = used
    const controls = ['box', 'title', 'delete']
    return createElement('div', {}, [
      createElement('input', { key: 'new', id: 'new-task' }),
      createElement(
        'ul',
        { key: 'list', ref: list, onFocus: used.onFocus, onKeyDown: (event) => used.onKeyDown(event, actions) },
        tasks.map((task, row) =>
          createElement(
            'li',
            { key: keyOf(task), 'data-row': row },
            controls.map((control) =>
              createElement('button', { key: control, id: `${control}-${Math.abs(task.id)}`, 'data-control': control }),
            ),
          ),
        ),
      ),
    ])
  }
  const show = (tasks: readonly Task[]) => screen.render(createElement(List, { tasks }))
  await show(first)
  return {
    ...screen,
    show,
    asked,
    scrolled,
    current: () => keys?.current,
    focusOn: (id: string) => screen.act(() => document.getElementById(id)?.focus()),
    /** Presses a key where the focus is. */
    type: (key: string, details?: KeyboardEventInit) => screen.press(`#${focused()}`, key, details),
  }
}

const focused = () => document.activeElement?.id

test('the arrows move the focus by one row and not beyond the ends, in the same column', async () => {
  const { current, focusOn, scrolled, type, unmount } = await rows(some(1, 2, 3))
  expect(current()).toBe(0)
  await focusOn('delete-2')
  expect(current()).toBe(1)
  const path: unknown[] = []
  for (const key of ['ArrowDown', 'ArrowDown', 'Home', 'ArrowUp', 'End', 'k', 'j']) {
    expect(await type(key)).toBe(false)
    path.push(focused())
  }
  expect(path).toEqual(['delete-3', 'delete-3', 'delete-1', 'delete-1', 'delete-3', 'delete-2', 'delete-3'])
  expect(scrolled).toEqual([2, 2, 0, 0, 2, 1, 2])
  await unmount()
})

test('each key asks for its action on the row with the focus, and others are left to the browser', async () => {
  const { asked, focusOn, type, unmount } = await rows(some(1, 2, 3))
  await focusOn('title-2')
  for (const key of ['s', 'x', 'e', 'm', 'Delete', 'Backspace', 'Escape']) expect(await type(key)).toBe(false)
  expect(asked.splice(0)).toEqual([
    ['select', 2],
    ['toggle', 2],
    ['edit', 2],
    ['menu', 2],
    ['delete', 2],
    ['delete', 2],
    'none',
  ])
  expect(await type('a', { ctrlKey: true })).toBe(false)
  expect(await type('A', { metaKey: true })).toBe(false)
  expect(await type('c', { ctrlKey: true })).toBe(true)
  expect(await type('q')).toBe(true)
  expect(await type('x', { altKey: true })).toBe(true)
  expect(asked.splice(0)).toEqual(['all', 'all'])
  await type('ArrowDown', { shiftKey: true })
  expect([asked, focused()]).toEqual([[['extend', 2, 3]], 'title-3'])
  await unmount()
})

test('where single keys are off, letters do nothing, and keys with a name do', async () => {
  const { asked, focusOn, type, unmount } = await rows(some(1, 2))
  prefer(singleKeys, 'off')
  await focusOn('title-1')
  for (const key of ['s', 'x', 'e', 'm', 'h', 'j']) expect(await type(key)).toBe(true)
  expect([asked, focused()]).toEqual([[], 'title-1'])
  await type('ArrowDown')
  await type('Delete')
  expect([asked, focused()]).toEqual([[['delete', 2]], 'title-2'])
  await unmount()
})

test('the history is that of a task that the server knows', async () => {
  const { focusOn, type, unmount } = await rows(some(7, -8))
  Object.assign(location, { hash: '#/all?sort=title' })
  await focusOn('title-8')
  expect(await type('h')).toBe(true)
  await focusOn('title-7')
  expect(await type('h')).toBe(false)
  expect(location.hash).toBe('#/all/history/7?sort=title')
  await unmount()
})

test('a row that is deleted gives the focus to the one in its place, the last row to the one above, the only one to the field', async () => {
  const { focusOn, show, type, unmount } = await rows(some(1, 2, 3))
  await focusOn('delete-2')
  await type('Delete')
  await show(some(1, 3))
  expect(focused()).toBe('delete-3')
  await type('Delete')
  await show(some(1))
  expect(focused()).toBe('delete-1')
  await type('Delete')
  await show([])
  expect(focused()).toBe('new-task')
  await unmount()
})

test('a row with the focus that goes by itself leaves the focus in its place, and one without it none', async () => {
  const { focusOn, show, unmount } = await rows(some(1, 2, 3))
  await focusOn('box-2')
  await show(some(1, 3))
  expect(focused()).toBe('box-3')
  await focusOn('new-task')
  await show(some(1))
  expect(focused()).toBe('new-task')
  await unmount()
})

test('the row of a task is followed when others come before it', async () => {
  const { current, focusOn, show, unmount } = await rows(some(1, 2))
  await focusOn('title-2')
  await show(some(5, 6, 1, 2))
  expect([current(), focused()]).toEqual([3, 'title-2'])
  await unmount()
})

test('a task that is moved by Alt and an arrow keeps the focus', async () => {
  const { asked, act, focusOn, show, type, unmount } = await rows(some(1, 2, 3))
  const frames: (() => void)[] = []
  Object.assign(globalThis, { requestAnimationFrame: (work: () => void) => frames.push(work) })
  await focusOn('title-1')
  expect(await type('ArrowDown', { altKey: true })).toBe(false)
  await type('ArrowUp', { altKey: true })
  expect(asked).toEqual([
    ['move', 1, 'down'],
    ['move', 1, 'up'],
  ])
  await show(some(2, 1, 3))
  await focusOn('new-task')
  await act(() => frames.forEach((work) => work()))
  expect(focused()).toBe('title-1')
  await unmount()
})
