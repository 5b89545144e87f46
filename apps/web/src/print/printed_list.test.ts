import { expect, onTestFinished, test } from 'vitest'
import { openPage, taskWith } from '@taskwire/offline/testing'
import { renderScreen } from '@taskwire/offline/testing/screen'
import type { Snapshot } from '@taskwire/offline'
import { createElement } from 'react'
import type { Task } from '../client.ts'
import { t } from '../texts/texts.ts'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { PrintedList } from './printed_list.tsx'

/** The list of these tasks, while the page is printed. */
async function printed(tasks: readonly Task[]) {
  const page = openPage()
  const utc = { time_zone: 'UTC' }
  const workspace = { settings: { current: () => utc, subscribe: () => () => {} } } as unknown as Workspace
  const list = createElement(PrintedList, {
    snapshot: { tasks } as unknown as Snapshot,
    title: 'All',
    query: { view: 'all' },
  })
  const screen = await renderScreen(createElement(WorkspaceContext, { value: workspace }, list))
  onTestFinished(screen.unmount)
  const before = screen.text()
  await screen.act(() => page.dispatch('beforeprint'))
  return { ...screen, page, before }
}

test('the tasks are on paper while the page is printed, and a page that is left listens to nothing', async () => {
  const { act, before, page, text, unmount } = await printed([taskWith({ title: 'Call' })])
  expect([before, text().includes('Call')]).toEqual(['', true])
  await act(() => page.dispatch('afterprint'))
  expect(text()).toBe('')
  expect(page.listeners()).toBe(2)
  unmount()
  expect(page.listeners()).toBe(0)
})

test('a task on paper has its priority, its tags, its description and its items', async () => {
  const checklist = [
    { id: 'a', text: 'Number', done: true },
    { id: 'b', text: 'Time', done: false },
  ]
  const { document, find } = await printed([
    taskWith({ priority: 'high', tags: ['home', 'work'], description: 'Soon', checklist }),
    taskWith({ id: 2, title: 'Plain' }),
  ])
  const [details, ...others] = [...document.querySelectorAll('.paper-details')].map(({ textContent }) => textContent)
  expect([details, others]).toEqual([`${t.fields.priorityLabel.high} · #home · #work`, []])
  expect(find('.paper-description').textContent).toBe('Soon')
  const items = [...document.querySelectorAll<HTMLElement>('.paper-item')]
  expect(items.map((item) => [item.textContent, item.dataset['completed']])).toEqual([
    ['Number', 'true'],
    ['Time', undefined],
  ])
})

test('a view without tasks says so on paper', async () => {
  expect((await printed([])).text()).toContain(t.list.empty.all)
})
