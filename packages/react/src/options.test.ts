import type { TaskwireClient } from '@taskwire/client'
import { expect, test } from 'vitest'
import { taskwireOptions } from './options.ts'

const { signal } = new AbortController()

function recorded() {
  const calls: unknown[][] = []
  const call = (verb: string) => async (input: unknown, options: unknown) => calls.push([verb, input, options])
  const client = { task: { list: { query: call('query') }, create: { mutate: call('mutate') } } }
  return { options: taskwireOptions(client as unknown as TaskwireClient), calls }
}

test('a query sends its input with the signal of the cache, and its key names both', async () => {
  const { options, calls } = recorded()
  const { queryKey, queryFn } = options.task.list.query({ limit: 2 })
  await queryFn({ signal })
  expect(queryKey).toEqual(['taskwire', 'task.list', 'query', { limit: 2 }])
  expect(options.task.list.query(undefined).queryKey).toEqual(['taskwire', 'task.list', 'query', {}])
  expect(calls).toEqual([['query', { limit: 2 }, { signal }]])
})

test('pages continue after each other with the signal of the cache, until there is none', async () => {
  const { options, calls } = recorded()
  const { queryKey, queryFn, initialPageParam, getNextPageParam } = options.task.list.infinite({ limit: 2 })
  await queryFn({ signal, pageParam: initialPageParam })
  await queryFn({ signal, pageParam: 'c' })
  expect(queryKey).toEqual(['taskwire', 'task.list', 'infinite', { limit: 2 }])
  expect(calls).toEqual([
    ['query', { limit: 2 }, { signal }],
    ['query', { limit: 2, cursor: 'c' }, { signal }],
  ])
  expect([
    getNextPageParam({ items: [], next_cursor: 'd' }),
    getNextPageParam({ items: [], next_cursor: null }),
  ]).toEqual(['d', null])
})

test('a mutation sends its input', async () => {
  const { options, calls } = recorded()
  const { mutationKey, mutationFn } = options.task.create.mutation()
  await mutationFn({ title: 'milk' })
  expect(mutationKey).toEqual(['taskwire', 'task.create'])
  expect(calls).toEqual([['mutate', { title: 'milk' }, undefined]])
})

test('a name that the client lacks is named when it is called', () => {
  const { options } = recorded()
  const { queryFn } = options.task.get.query({ task_id: 1 })
  expect(() => queryFn({ signal })).toThrow('There is no procedure task.get')
})
