import { expect, onTestFinished, test, vi } from 'vitest'
import { openPage } from '../../testing/browser.ts'
import { taskWith } from '../../testing/tasks.ts'
import { nothingStored, type LocalDatabase } from './local_database.ts'
import { createPersister } from './persister.ts'
import { createRows } from './rows.ts'

type Saved = Parameters<LocalDatabase['saveTasks']>[0]

/** A persister, and what it saves; a save answers with `answers`, in their order, and then with true. */
function persisterOf(answers: readonly (() => Promise<boolean>)[] = []) {
  const page = openPage()
  const saved: Saved[] = []
  const rows = createRows()
  const persister = createPersister(rows, {
    ...nothingStored,
    saveTasks(state) {
      saved.push(state)
      return (answers[saved.length - 1] ?? (() => Promise.resolve(true)))()
    },
  })
  return { page, rows, persister, saved }
}

const titles = ({ put }: Saved) => put.map(({ title }) => title).toSorted()

test('what changed is saved once, as of the position that was reached, and with the page that is left at once', () => {
  const { page, rows, persister, saved } = persisterOf()
  rows.confirm(taskWith({ title: 'One' }))
  persister.advance(3)
  rows.confirm(taskWith({ id: 2, title: 'Two' }))
  persister.advance(4)
  page.dispatch('pagehide')
  expect(saved).toMatchObject([{ seq: 4, removed: [] }])
  expect(saved.map(titles)).toEqual([['One', 'Two']])
  page.dispatch('pagehide')
  expect(saved).toHaveLength(1)
  persister.stop()
})

test.each([
  ['that fails', () => Promise.reject(new Error('the disk is full'))],
  ['of which another tab was ahead', () => Promise.resolve(false)],
])('the rows of a save %s are part of the next one', async (_, answer) => {
  const { rows, persister, saved } = persisterOf([answer])
  rows.confirm(taskWith({ title: 'One' }))
  persister.advance(3)
  await expect.poll(() => saved.length).toBe(1)
  rows.confirm(taskWith({ id: 2, title: 'Two' }))
  persister.advance(4)
  await expect.poll(() => saved.length).toBe(2)
  expect(saved.map(titles)).toEqual([['One'], ['One', 'Two']])
  persister.stop()
})

test('what changes while the whole list is being stored is added to no older list', async () => {
  const page = openPage()
  const calls: string[] = []
  const { promise: stored, reject: fail } = Promise.withResolvers<void>()
  const rows = createRows()
  const persister = createPersister(rows, {
    ...nothingStored,
    replaceTasks(seq) {
      calls.push(`all as of ${seq}`)
      return calls.length === 1 ? stored : Promise.resolve()
    },
    saveTasks({ seq }) {
      calls.push(`changes as of ${seq}`)
      return Promise.resolve(true)
    },
  })
  const replaced = persister.replaceAll(1)
  rows.confirm(taskWith({ title: 'One' }))
  persister.advance(2)
  page.dispatch('pagehide')
  fail(new Error('the disk is full'))
  await replaced
  persister.advance(3)
  page.dispatch('pagehide')
  expect(calls[0]).toBe('all as of 1')
  expect(calls.slice(1)).not.toContain('changes as of 2')
  expect(calls).toContain('all as of 2')
  persister.stop()
})

test('one save is made at a time: what changes meanwhile is saved after it', async () => {
  const { promise: first, resolve: finish } = Promise.withResolvers<boolean>()
  const { page, rows, persister, saved } = persisterOf([() => first])
  rows.confirm(taskWith({ title: 'One' }))
  persister.advance(3)
  page.dispatch('pagehide')
  rows.confirm(taskWith({ id: 2, title: 'Two' }))
  persister.advance(4)
  page.dispatch('pagehide')
  expect(saved).toHaveLength(1)
  finish(true)
  await expect.poll(() => saved.map(titles)).toEqual([['One'], ['Two']])
  persister.stop()
})

test('changes that follow each other closely do not put off the save', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { rows, persister, saved } = persisterOf()
  for (let seq = 1; seq <= 10; seq++) {
    rows.confirm(taskWith({ id: seq }))
    persister.advance(seq)
    vi.advanceTimersByTime(20)
  }
  expect(saved.map(({ put }) => put.length)).toEqual([5])
  persister.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('a stopped persister saves nothing more and listens to nothing', () => {
  const { page, rows, persister, saved } = persisterOf()
  expect(page.listeners()).toBe(1)
  rows.confirm(taskWith())
  persister.advance(3)
  persister.stop()
  expect(page.listeners()).toBe(0)
  persister.advance(4)
  page.dispatch('pagehide')
  expect(saved).toEqual([])
})

test('the whole list takes the place of what is stored, and is not saved row by row again', async () => {
  const page = openPage()
  const steps: unknown[] = []
  const rows = createRows()
  const persister = createPersister(rows, {
    ...nothingStored,
    replaceTasks: async (seq, tasks) => void steps.push([seq, tasks.map(({ id }) => id)]),
    saveTasks: async ({ seq, put }) => steps.push([seq, put.length]) > 0,
  })
  rows.confirm(taskWith())
  rows.confirm(taskWith({ id: 2 }))
  await persister.replaceAll(7)
  persister.schedule()
  page.dispatch('pagehide')
  expect(steps).toEqual([
    [7, [1, 2]],
    [7, 0],
  ])
  persister.stop()
})

test('a list that cannot be stored is shown all the same', async () => {
  openPage()
  const database = { ...nothingStored, replaceTasks: () => Promise.reject(new Error('the disk is full')) }
  const persister = createPersister(createRows(), database)
  await expect(persister.replaceAll(7)).resolves.toBeUndefined()
  persister.stop()
})

test('a list that could not be stored is stored as a whole with the next change, not added to an older one', async () => {
  const page = openPage()
  const steps: unknown[] = []
  let isFull = true
  const rows = createRows()
  const persister = createPersister(rows, {
    ...nothingStored,
    replaceTasks: async (seq, tasks) => {
      if (isFull) throw new Error('the disk is full')
      steps.push(['all', seq, tasks.map(({ id }) => id)])
    },
    saveTasks: async ({ seq, put }) => steps.push(['rows', seq, put.map(({ id }) => id)]) > 0,
  })
  rows.confirm(taskWith())
  await persister.replaceAll(7)
  const changeTask = async (id: number, seq: number) => {
    rows.confirm(taskWith({ id }))
    persister.advance(seq)
    page.dispatch('pagehide')
    await new Promise((resolve) => setImmediate(resolve))
  }
  await changeTask(2, 8)
  expect(steps).toEqual([])
  isFull = false
  await changeTask(3, 9)
  await changeTask(4, 10)
  expect(steps).toEqual([
    ['all', 9, [1, 2, 3]],
    ['rows', 10, [4]],
  ])
  persister.stop()
})

test('nothing is saved before there is a position in the log', () => {
  const { page, rows, persister, saved } = persisterOf()
  rows.confirm(taskWith())
  persister.schedule()
  page.dispatch('pagehide')
  expect(saved).toEqual([])
  persister.advance(3)
  page.dispatch('pagehide')
  expect(saved.map(titles)).toEqual([['Call']])
  persister.stop()
})
