import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openPage, taskWith } from '@taskwire/offline/testing'
import { renderHook } from '@taskwire/offline/testing/hook'
import { createElement, type FocusEvent } from 'react'
import type { Task } from '../client.ts'
import { useAppBadge } from '../shell/use_app_badge.ts'
import { useUpdate } from '../shell/use_update.ts'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { useLingering } from './use_lingering.ts'
import { useSelection } from './use_selection.ts'
import { useSettling } from './use_settling.ts'

beforeEach(() => {
  openPage()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
})
afterEach(() => void vi.useRealTimers())

/** Rows of a list, one of which may have the focus by keyboard. */
function lingering() {
  const focused = new Set<number>()
  const rowOf = (key: number) => ({ querySelector: () => (focused.has(key) ? {} : null) }) as unknown as Element
  const hook = renderHook((place: string) => useLingering(place, rowOf), 'today')
  const keys = () => [...hook.current().lingering]
  const pass = (ms: number) => hook.act(() => vi.advanceTimersByTime(ms))
  /** The focus leaves a row, for something inside of it or elsewhere. */
  const blur = (key: number, isInside = false) => {
    const row = { getAttribute: () => String(key), contains: () => isInside }
    hook.current().onBlur({ target: { closest: () => row }, relatedTarget: null } as unknown as FocusEvent)
  }
  return { ...hook, focused, keys, pass, blur }
}

test('a completed task stays for 900 ms, from when it was completed last', async () => {
  const { act, current, keys, pass, unmount } = lingering()
  await act(() => current().linger(1))
  await pass(500)
  await act(() => current().linger(1))
  await act(() => current().linger(2))
  await pass(899)
  expect(keys()).toEqual([1, 2])
  await pass(1)
  expect(keys()).toEqual([])
  unmount()
})

test('a task that was completed by keyboard stays until the focus has left its row', async () => {
  const { act, current, focused, keys, pass, blur, unmount } = lingering()
  focused.add(1)
  await act(() => current().linger(1))
  await act(() => blur(1, true))
  await pass(100)
  await act(() => blur(1))
  await act(() => blur(2))
  await pass(899)
  expect(keys()).toEqual([1])
  await pass(1)
  expect(keys()).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
  unmount()
})

test('another view has none of them, and a list that is left waits for none', async () => {
  const { act, current, keys, render, unmount } = lingering()
  await act(() => current().linger(1))
  render('all')
  await act(() => {})
  expect([keys(), vi.getTimerCount()]).toEqual([[], 0])
  await act(() => current().linger(2))
  unmount()
  expect(vi.getTimerCount()).toBe(0)
})

const some = (...ids: readonly number[]) => ids.map((id) => taskWith({ id }))

/** A list, and whether its rows are closing up. */
function settling(tasks: readonly Task[]) {
  const attributes = new Set<string>()
  const list = {
    current: {
      setAttribute: (name: string) => attributes.add(name),
      removeAttribute: (name: string) => attributes.delete(name),
    } as unknown as HTMLElement,
  }
  const hook = renderHook((shown: readonly Task[]) => useSettling(list, shown), tasks)
  return { ...hook, isSettling: () => attributes.has('data-settling') }
}

test('rows close up for 220 ms after a few have changed, and another list does not move', () => {
  const { render, isSettling, unmount } = settling(some(1, 2, 3, 4, 5))
  expect(isSettling()).toBe(false)
  render(some(1, 2, 3, 4, 5))
  expect(isSettling()).toBe(false)
  render(some(1, 2))
  expect(isSettling()).toBe(true)
  vi.advanceTimersByTime(219)
  expect(isSettling()).toBe(true)
  vi.advanceTimersByTime(1)
  expect(isSettling()).toBe(false)
  render(some(6, 7))
  expect(isSettling()).toBe(false)
  render(some(7, 6))
  expect(isSettling()).toBe(true)
  vi.advanceTimersByTime(200)
  render(some(7))
  vi.advanceTimersByTime(200)
  expect(isSettling()).toBe(true)
  unmount()
  expect(vi.getTimerCount()).toBe(0)
})

test('tasks are selected one by one, in ranges and all, and only those that the list shows count', async () => {
  const tasks = some(1, 2, 3, 4, 5)
  const [one, two, three, four, five] = tasks as [Task, Task, Task, Task, Task]
  const { act, current, render, unmount } = renderHook(
    (shown: readonly Task[]) => useSelection(shown, ({ id }) => id * 10),
    tasks,
  )
  const selected = () => current().selected.map(({ id }) => id)
  await act(() => current().toggle(two))
  await act(() => current().extend(one, four))
  expect(selected()).toEqual([2, 3, 4])
  await act(() => current().extend(five, one))
  expect(selected()).toEqual([1, 2])
  await act(() => current().toggle(one))
  expect(selected()).toEqual([2])
  await act(() => current().clear())
  await act(() => current().extend(three, five))
  expect(selected()).toEqual([3, 4, 5])
  render(some(1, 3))
  expect(selected()).toEqual([3])
  await act(() => current().selectAll())
  expect(selected()).toEqual([1, 3])
  unmount()
})

/** The service worker of a page, and how often a newer one was looked for. */
function serviceWorker(controller: object | null) {
  const worker = Object.assign(new EventTarget(), { controller, looks: 0 })
  const update = () => Promise.reject(new Error(`look ${++worker.looks}`))
  Object.assign(worker, { getRegistration: async () => ({ update }) })
  Object.assign(navigator, { serviceWorker: worker })
  return worker
}

function updates(controller: object | null) {
  const worker = serviceWorker(controller)
  const offered: string[] = []
  const workspace = { messages: { offer: (title: string) => offered.push(title) } } as unknown as Workspace
  const hook = renderHook(useUpdate, undefined, (child) => createElement(WorkspaceContext, { value: workspace }, child))
  return { ...hook, worker, offered }
}

test('a newer version is looked for once an hour, and offered when it is there, until the page is left', async () => {
  const { worker, offered, unmount, act } = updates({})
  await act(() => vi.advanceTimersByTime(3_599_999))
  expect(worker.looks).toBe(0)
  await act(() => vi.advanceTimersByTime(1))
  expect(worker.looks).toBe(1)
  worker.dispatchEvent(new Event('controllerchange'))
  expect(offered).toHaveLength(1)
  unmount()
  worker.dispatchEvent(new Event('controllerchange'))
  expect([offered.length, vi.getTimerCount()]).toEqual([1, 0])
})

test('the first service worker of a browser is no newer version, the second is', () => {
  const { worker, offered, unmount } = updates(null)
  worker.dispatchEvent(new Event('controllerchange'))
  expect(offered).toEqual([])
  worker.dispatchEvent(new Event('controllerchange'))
  expect(offered).toHaveLength(1)
  unmount()
})

test('the icon of the app shows how many tasks are due, and nothing once the app is left', () => {
  const shown: number[] = []
  const set = async (count: number) => void shown.push(count)
  Object.assign(navigator, { setAppBadge: set, clearAppBadge: () => set(0) })
  const { render, unmount } = renderHook((count: number) => useAppBadge(count), 3)
  render(3)
  render(0)
  render(2)
  expect(shown).toEqual([3, 0, 2])
  unmount()
  expect(shown).toEqual([3, 0, 2, 0])
})
