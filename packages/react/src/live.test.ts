import { QueryClient } from '@tanstack/react-query'
import { TaskwireError, wholeTask, type Change, type Task, type TaskwireClient } from '@taskwire/client'
import { expect, onTestFinished, test } from 'vitest'
import { followIntoCache } from './live.ts'

type Options = NonNullable<Parameters<TaskwireClient['changes']>[0]>

const time = '2026-01-01T00:00:00.000Z'
const task = (title: string, version: number): Task =>
  wholeTask({ id: 1, user_id: 'ada', title, created_at: time, updated_at: time, version } as Task)

function change(seq: number, after: Task | null): Change {
  const origin = { via: 'trpc', actor: null, conversation_id: null, undoes: null, part_of: null, batch: null } as const
  return {
    seq,
    task_id: 1,
    kind: after === null ? 'deleted' : 'updated',
    before: null,
    after,
    created_at: time,
    ...origin,
  }
}

/** A cache that holds a task and a list, and follows these streams one after the other. */
function follows(...streams: readonly (() => AsyncGenerator<Change, void, undefined>)[]) {
  const cache = new QueryClient()
  onTestFinished(() => cache.clear())
  const steps: string[] = []
  const followed: Options[] = []
  let seq = 6
  const list = {
    query(_input: object, { signal }: { signal: AbortSignal }) {
      steps.push(signal.aborted ? 'aborted' : 'position')
      return Promise.resolve({ next: ++seq, changes: [], has_more: false })
    },
  }
  const changes = (options: Options) => {
    steps.push(`follow ${options.since}`)
    const stream = streams[followed.push(options) - 1]
    if (stream === undefined) throw new Error('no more streams')
    return stream()
  }
  const invalidated = cache.invalidateQueries.bind(cache)
  cache.invalidateQueries = async (filters) => {
    await Promise.resolve()
    // The lists are marked with a filter of their own.
    if (filters?.predicate === undefined) steps.push('read again')
    return invalidated(filters)
  }
  cache.setQueryData(['taskwire', 'task.get', 'query', {}], task('one', 1))
  cache.setQueryData(['taskwire', 'task.list', 'query', {}], { items: [task('one', 1)] })
  const client = { change: { list }, changes } as unknown as TaskwireClient
  const leaving = new AbortController()
  return { cache, client, steps, followed, leaving }
}

const items = (cache: QueryClient) =>
  cache.getQueryData<{ items: Task[] }>(['taskwire', 'task.list', 'query', {}])?.items

test('the position is read before everything else again, and the changes after it reach the cache', async () => {
  const { cache, client, steps, followed, leaving } = follows(async function* () {
    yield change(8, task('two', 2))
    expect(items(cache)?.map(({ title }) => title)).toEqual(['two'])
    yield change(9, null)
    expect(items(cache)).toEqual([])
    leaving.abort()
  })
  const onConnection = () => {}
  await followIntoCache(client, cache, { signal: leaving.signal, onConnection })
  expect(steps).toEqual(['position', 'read again', 'follow 7'])
  expect(followed).toEqual([{ since: 7, signal: leaving.signal, onConnection }])
  await expect.poll(() => cache.getQueryState(['taskwire', 'task.list', 'query', {}])?.isInvalidated).toBe(true)
})

test('where the log no longer reaches back the cache starts again from its end', async () => {
  const { cache, client, steps, leaving } = follows(
    async function* () {
      yield* []
      throw new TaskwireError('changes_expired')
    },
    async function* () {
      yield* []
      leaving.abort()
    },
  )
  await followIntoCache(client, cache, { signal: leaving.signal })
  expect(steps).toEqual(['position', 'read again', 'follow 7', 'position', 'read again', 'follow 8'])
})

test.each([new TaskwireError('token_malformed'), new Error('another')])('%s ends it', async (error) => {
  const { cache, client, leaving } = follows(async function* () {
    yield* []
    throw error
  })
  await expect(followIntoCache(client, cache, { signal: leaving.signal })).rejects.toBe(error)
})

test('what fails because the page was left is no failure, and nothing is asked after that', async () => {
  const { cache, client, steps, leaving } = follows(async function* () {
    yield* []
    leaving.abort()
    throw new TaskwireError('aborted')
  })
  await followIntoCache(client, cache, { signal: leaving.signal })
  await followIntoCache(client, cache, { signal: leaving.signal })
  expect(steps).toEqual(['position', 'read again', 'follow 7'])
})
