import { TaskwireError } from '@taskwire/client'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openPage } from '../../testing/browser.ts'
import { fakeServer, openStream, type FakeServer } from '../../testing/fake_client.ts'
import { changeOf, taskWith } from '../../testing/tasks.ts'
import { classifyError } from '../outbox/classify_error.ts'
import { nothingStored, type LocalDatabase } from '../store/local_database.ts'
import { createPersister } from '../store/persister.ts'
import { createRows } from '../store/rows.ts'
import { createSyncLoop } from './sync_loop.ts'

/** A sync loop over a server, and what it has reported. */
function syncWith(options: Partial<FakeServer>, database: LocalDatabase = nothingStored) {
  openPage()
  const { server, client } = fakeServer(options)
  const rows = createRows()
  const persister = createPersister(rows, database)
  const failures: unknown[] = []
  let readies = 0
  let pages = 0
  const loop = createSyncLoop({
    client,
    rows,
    persister,
    database,
    classify: (error) => classifyError(error, () => {}),
    onReady: () => readies++,
    onProgress: () => pages++,
    onChange: () => {},
    onReminder: () => {},
    onConnection: () => {},
    onFailed: (error) => failures.push(error),
  })
  const stop = () => {
    loop.stop()
    persister.stop()
  }
  return { loop, server, rows, failures, stop, client, readies: () => readies, pages: () => pages }
}

const titles = (rows: ReturnType<typeof createRows>) => [...rows.tasks.values()].map(({ title }) => title)

test('the list is read once, and what changes after it is applied', async () => {
  const task = taskWith()
  const later = changeOf(8, task, { ...task, title: 'Call back', version: 2 })
  const { loop, server, rows, stop, readies } = syncWith({
    tasks: [task],
    next: 7,
    streams: [(followed) => openStream(followed, [later])],
  })
  loop.restart()
  await expect.poll(() => titles(rows)).toEqual(['Call back'])
  expect([server.lists, readies(), server.followed[0]?.since]).toEqual([1, 1, 7])
  stop()
})

test('a loop that is stopped leaves the log, and one that is restarted goes on where it was', async () => {
  const task = taskWith()
  const later = changeOf(8, task, { ...task, version: 2 })
  const { loop, server, rows, stop, failures } = syncWith({
    tasks: [task],
    next: 7,
    streams: [(followed) => openStream(followed, [later])],
  })
  loop.restart()
  await expect.poll(() => rows.tasks.get(1)?.version).toBe(2)
  loop.restart()
  await expect.poll(() => server.followed.map(({ since }) => since)).toEqual([7, 8])
  expect(server.followed.map(({ signal }) => signal?.aborted)).toEqual([true, false])
  stop()
  expect(server.followed.map(({ signal }) => signal?.aborted)).toEqual([true, true])
  expect([server.lists, failures]).toEqual([1, []])
})

test('where the log no longer reaches back, the list is read again, and tasks that it lacks are gone', async () => {
  const [gone, stays] = [taskWith({ title: 'Gone' }), taskWith({ id: 2, title: 'Stays' })]
  const expired = async function* () {
    server.tasks = [stays]
    server.next = 90
    yield* []
    throw new TaskwireError('changes_expired')
  }
  const { loop, server, rows, stop } = syncWith({ tasks: [gone, stays], next: 7, streams: [expired, openStream] })
  loop.restart()
  await expect.poll(() => server.followed.map(({ since }) => since)).toEqual([7, 90])
  expect(titles(rows)).toEqual(['Stays'])
  stop()
})

test('after a failure that may pass the loop starts again, after one that stays it does not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const failing = (reason: 'unreachable' | 'not_found') =>
    async function* () {
      yield* []
      throw new TaskwireError(reason)
    }
  const { loop, server, failures, stop } = syncWith({ streams: [failing('unreachable'), failing('not_found')] })
  loop.restart()
  await vi.advanceTimersByTimeAsync(3000)
  expect(failures).toMatchObject([{ reason: 'unreachable' }, { reason: 'not_found' }])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(server.followed).toHaveLength(2)
  stop()
})

test('a failure that may pass is tried again after three seconds, and not once the loop was stopped', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const failing = async function* () {
    yield* []
    throw new TaskwireError('unreachable')
  }
  const { loop, server, stop } = syncWith({ streams: [failing] })
  loop.restart()
  await vi.advanceTimersByTimeAsync(2999)
  expect(server.followed).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(server.followed).toHaveLength(2)
  // A restart takes the place of the one that is due.
  loop.restart()
  await vi.advanceTimersByTimeAsync(2999)
  expect(server.followed).toHaveLength(3)
  stop()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(server.followed).toHaveLength(3)
  expect(vi.getTimerCount()).toBe(0)
})

test('stored tasks are shown without the list, and the log is followed from their position', async () => {
  const stored = { seq: 7, tasks: [taskWith({ title: 'stored' })] }
  const { loop, server, rows, stop, readies } = syncWith({}, { ...nothingStored, loadTasks: async () => stored })
  expect(loop.hasPosition()).toBe(false)
  loop.restart()
  await expect.poll(() => server.followed.map(({ since }) => since)).toEqual([7])
  expect([titles(rows), server.lists, readies(), loop.hasPosition()]).toEqual([['stored'], 0, 1, true])
  expect(rows.takeDirty().put).toEqual([])
  stop()
})

test('where what is stored cannot be read, the list is', async () => {
  const database = { ...nothingStored, loadTasks: () => Promise.reject(new Error('closed')) }
  const { loop, server, rows, stop } = syncWith({ tasks: [taskWith()], next: 4 }, database)
  loop.restart()
  await expect.poll(() => server.followed.map(({ since }) => since)).toEqual([4])
  expect(titles(rows)).toEqual(['Call'])
  stop()
})

test('a list of several pages is read to its end, as of the position before it, and each page is shown', async () => {
  const { loop, server, rows, stop, client, pages, readies } = syncWith({ next: 4 })
  const asked: unknown[] = []
  client.task.list.query = ((input: { cursor?: string }, { signal }: { signal: AbortSignal }) => {
    asked.push([input, signal.aborted, readies()])
    server.next = 9
    const id = asked.length
    return Promise.resolve({ items: [taskWith({ id })], next_cursor: id < 3 ? `c${id}` : null })
  }) as unknown as typeof client.task.list.query
  loop.restart()
  await expect.poll(() => server.followed.map(({ since }) => since)).toEqual([4])
  expect(asked).toEqual([
    [{ limit: 200, cursor: undefined }, false, 0],
    [{ limit: 200, cursor: 'c1' }, false, 0],
    [{ limit: 200, cursor: 'c2' }, false, 0],
  ])
  expect([rows.tasks.size, pages(), readies()]).toEqual([3, 3, 1])
  stop()
})

test('a loop that was stopped while it loads reports neither a failure nor a retry', async () => {
  const { loop, stop, client, failures } = syncWith({})
  let isAborted = false
  const query = (_input: object, { signal }: { signal: AbortSignal }) =>
    new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => {
        isAborted = true
        reject(new TaskwireError('aborted'))
      }),
    )
  client.change.list.query = query as unknown as typeof client.change.list.query
  loop.restart()
  await new Promise((resolve) => setImmediate(resolve))
  stop()
  await expect.poll(() => isAborted).toBe(true)
  await new Promise((resolve) => setImmediate(resolve))
  expect(failures).toEqual([])
})

test('the log is followed once the whole list is stored: what is saved after it must not come before', async () => {
  const { promise: stored, resolve: store } = Promise.withResolvers<void>()
  const { loop, server, rows, stop } = syncWith(
    { tasks: [taskWith()] },
    { ...nothingStored, replaceTasks: () => stored },
  )
  loop.restart()
  await expect.poll(() => rows.tasks.size).toBe(1)
  await new Promise((resolve) => setImmediate(resolve))
  expect(server.followed).toEqual([])
  store()
  await expect.poll(() => server.followed.length).toBe(1)
  stop()
})
