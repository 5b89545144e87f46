import { TaskwireError } from '@taskwire/client'
import { expect, test } from 'vitest'
import { openPage } from '../../testing/browser.ts'
import { fakeServer, openStream, type FakeServer } from '../../testing/fake_client.ts'
import { changeOf, taskWith } from '../../testing/tasks.ts'
import { classifyError } from '../outbox/classify_error.ts'
import { nothingStored } from '../store/local_database.ts'
import { createPersister } from '../store/persister.ts'
import { createRows } from '../store/rows.ts'
import { createSyncLoop } from './sync_loop.ts'

/** A sync loop over a server, and what it has reported. */
function syncWith(options: Partial<FakeServer>) {
  openPage()
  const { server, client } = fakeServer(options)
  const rows = createRows()
  const persister = createPersister(rows, nothingStored)
  const failures: unknown[] = []
  let readies = 0
  const loop = createSyncLoop({
    client,
    rows,
    persister,
    database: nothingStored,
    classify: (error) => classifyError(error, () => {}),
    onReady: () => readies++,
    onProgress: () => {},
    onChange: () => {},
    onReminder: () => {},
    onConnection: () => {},
    onFailed: (error) => failures.push(error),
  })
  const stop = () => {
    loop.stop()
    persister.stop()
  }
  return { loop, server, rows, failures, stop, readies: () => readies }
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
  const failing = (reason: 'unreachable' | 'not_found') =>
    async function* () {
      yield* []
      throw new TaskwireError(reason)
    }
  const { loop, server, failures, stop } = syncWith({ streams: [failing('unreachable'), failing('not_found')] })
  loop.restart()
  await expect.poll(() => failures).toMatchObject([{ reason: 'unreachable' }, { reason: 'not_found' }])
  expect(server.followed).toHaveLength(2)
  stop()
})
