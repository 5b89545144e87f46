import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { newUser, signedToken } from '@taskwire/api/testing'
import {
  createTaskwireClient,
  TaskwireError,
  type RouterOutputs,
  type Task,
  type TaskwireClient,
} from '@taskwire/client'
import { testServer, type TestServer } from '@taskwire/client/testing'
import {
  InfiniteQueryObserver,
  MutationObserver,
  QueryClient,
  QueryClientProvider,
  QueryObserver,
  useQuery,
} from '@tanstack/react-query'
import { packed, temporaryFolder, unpacked } from '@taskwire/outside'
import { Window } from 'happy-dom'
import { createElement, type FunctionComponent } from 'react'
import { createRoot } from 'react-dom/client'
import { afterAll, afterEach, beforeAll, expect, expectTypeOf, test } from 'vitest'
import { followIntoCache, useLiveTasks } from './live.ts'
import { taskwireOptions } from './options.ts'
import { taskWrites } from './writes.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

interface Page {
  readonly client: TaskwireClient
  readonly elsewhere: TaskwireClient
  readonly queryClient: QueryClient
}

/** A page of a new user, and the same user elsewhere. */
async function page(): Promise<Page> {
  const user = newUser()
  const token = await signedToken({ sub: user })
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } })
  cleanups.push(() => queryClient.clear())
  return { client: createTaskwireClient({ url: server.url, token }), elsewhere: server.client(user), queryClient }
}

/** What a list shows, now and later. */
function shownBy({ client, queryClient }: Page): () => string[] {
  const observer = new QueryObserver(
    queryClient,
    taskwireOptions(client).task.list.query({ status: 'pending', sort: 'title' }),
  )
  cleanups.push(observer.subscribe(() => {}))
  return () => observer.getCurrentResult().data?.items.map(({ title }) => title) ?? []
}

/** Follows changes until the test ends. Resolves when the connection is established. */
async function live({ client, queryClient }: Page): Promise<void> {
  const leaving = new AbortController()
  cleanups.push(() => leaving.abort())
  await new Promise<void>((resolve, reject) => {
    followIntoCache(client, queryClient, { signal: leaving.signal, onConnection: () => resolve() }).catch(reject)
  })
}

test('options are typed, and read lists, pages and single tasks', async () => {
  const { client, queryClient } = await page()
  const options = taskwireOptions(client)
  const create = new MutationObserver(queryClient, options.task.create.mutation())
  for (const title of ['a', 'b', 'c']) await create.mutate({ title })
  const list = await queryClient.fetchQuery(options.task.list.query({ limit: 2 }))
  expectTypeOf(list).toEqualTypeOf<RouterOutputs['task']['list']>()
  const all = await queryClient.fetchInfiniteQuery({ ...options.task.list.infinite({ limit: 2 }), pages: 2 })
  expectTypeOf(all.pages).toEqualTypeOf<RouterOutputs['task']['list'][]>()
  expect(all.pages.map(({ items }) => items.map(({ title }) => title))).toEqual([['c', 'b'], ['a']])
  const [first] = list.items
  const task = await queryClient.fetchQuery(options.task.get.query({ task_id: first?.id ?? 0 }))
  expectTypeOf(task).toEqualTypeOf<Task>()
  expect(task.title).toBe('c')
  // @ts-expect-error a query is no mutation
  expect(() => options.task.list.mutation()).not.toThrow()
})

test('what is created, renamed and deleted elsewhere shows in a live list', async () => {
  const here = await page()
  const titles = shownBy(here)
  await live(here)
  const { id } = await here.elsewhere.task.create.mutate({ title: 'milk' })
  await expect.poll(titles).toEqual(['milk'])
  await here.elsewhere.task.update.mutate({ task_id: id, title: 'oat milk' })
  await expect.poll(titles).toEqual(['oat milk'])
  await here.elsewhere.task.delete.mutate({ task_id: id })
  await expect.poll(titles).toEqual([])
})

test('a list whose position in the log was purged is read again, and stays live', async () => {
  const here = await page()
  const titles = shownBy(here)
  await expect.poll(() => here.queryClient.isFetching()).toBe(0)
  let followed = 0
  const changes: TaskwireClient['changes'] = async function* (options) {
    if (++followed > 1) return yield* here.client.changes(options)
    // Not followed yet, so nothing but the list that is read again tells of it.
    await here.elsewhere.task.create.mutate({ title: 'milk' })
    throw new TaskwireError('changes_expired')
  }
  const client = new Proxy(here.client, {
    get: (target, name, receiver) => (name === 'changes' ? changes : Reflect.get(target, name, receiver)),
  })
  await live({ ...here, client })
  await expect.poll(titles).toEqual(['milk'])
  await here.elsewhere.task.create.mutate({ title: 'tea' })
  await expect.poll(titles).toEqual(['milk', 'tea'])
})

test('a change that arrives late does not replace a newer task', async () => {
  const here = await page()
  const { client, queryClient, elsewhere } = here
  const { id } = await elsewhere.task.create.mutate({ title: 'one' })
  const options = taskwireOptions(client).task.get.query({ task_id: id })
  await live(here)
  queryClient.setQueryData(options.queryKey, {
    ...(await elsewhere.task.get.query({ task_id: id })),
    version: 9,
    title: 'nine',
  })
  const titles = shownBy(here)
  await expect.poll(titles).toEqual(['one'])
  await elsewhere.task.update.mutate({ task_id: id, title: 'two' })
  await expect.poll(titles).toEqual(['two'])
  expect(queryClient.getQueryData(options.queryKey)).toMatchObject({ title: 'nine' })
})

test('a write shows at once, and its undo restores what was there', async () => {
  const here = await page()
  const { client, queryClient, elsewhere } = here
  const { id } = await elsewhere.task.create.mutate({ title: 'milk' })
  const titles = shownBy(here)
  await expect.poll(titles).toEqual(['milk'])
  const update = new MutationObserver(queryClient, taskWrites(client, queryClient).update())
  const writing = update.mutate({ task_id: id, title: 'oat milk' })
  expect(titles()).toEqual(['oat milk'])
  const { task, undo } = await writing
  expect(task).toMatchObject({ title: 'oat milk', version: 2 })
  await undo()
  await expect.poll(titles).toEqual(['milk'])
  const remove = new MutationObserver(queryClient, taskWrites(client, queryClient).delete())
  const removing = remove.mutate({ task_id: id })
  expect(titles()).toEqual([])
  await (await removing).undo()
  await expect.poll(titles).toEqual(['milk'])
})

test('a write that the server refuses is taken out of the list again', async () => {
  const here = await page()
  const { client, queryClient, elsewhere } = here
  const { id } = await elsewhere.task.create.mutate({ title: 'milk' })
  const titles = shownBy(here)
  await expect.poll(titles).toEqual(['milk'])
  const update = new MutationObserver(queryClient, taskWrites(client, queryClient).update())
  const refused = expect(update.mutate({ task_id: id, title: 'x', if_version: 7 })).rejects.toMatchObject({
    reason: 'version_mismatch',
  })
  expect(titles()).toEqual(['x'])
  await refused
  expect(titles()).toEqual(['milk'])
})

test('pages of an infinite list are patched in place', async () => {
  const { client, queryClient, elsewhere } = await page()
  for (const title of ['a', 'b', 'c']) await elsewhere.task.create.mutate({ title })
  const options = taskwireOptions(client).task.list.infinite({ limit: 2 })
  const observer = new InfiniteQueryObserver(queryClient, options)
  cleanups.push(observer.subscribe(() => {}))
  await expect.poll(() => observer.getCurrentResult().data?.pages.length).toBe(1)
  await observer.fetchNextPage()
  const pages = () => observer.getCurrentResult().data?.pages.map(({ items }) => items.map(({ title }) => title))
  const [, second] = observer.getCurrentResult().data?.pages ?? []
  const complete = new MutationObserver(queryClient, taskWrites(client, queryClient).update())
  const writing = complete.mutate({ task_id: second?.items[0]?.id ?? 0, title: 'A' })
  expect(pages()).toEqual([['c', 'b'], ['A']])
  await writing
})

test('a query that nobody shows any more ends its request', async () => {
  const { queryClient } = await page()
  const signals: (AbortSignal | null | undefined)[] = []
  const fetch = (_url: unknown, init?: RequestInit) => {
    signals.push(init?.signal)
    return new Promise<Response>(() => {})
  }
  const client = createTaskwireClient({ url: server.url, token: 'a token', fetch })
  const leave = new QueryObserver(queryClient, taskwireOptions(client).task.get.query({ task_id: 1 })).subscribe(
    () => {},
  )
  await expect.poll(() => signals.map((signal) => signal?.aborted)).toEqual([false])
  leave()
  await expect.poll(() => signals.map((signal) => signal?.aborted)).toEqual([true])
})

test('the hook keeps a rendered list live, and ends with its component', async () => {
  const here = await page()
  const { client, queryClient, elsewhere } = here
  const window = new Window()
  Object.assign(globalThis, { window, document: window.document })
  const element = window.document.createElement('main')
  const List = () => {
    const { connected } = useLiveTasks(client)
    const { data } = useQuery(taskwireOptions(client).task.list.query({}))
    return `${connected ? 'live' : 'not yet'}: ${data?.items.map(({ title }) => title).join(', ')}`
  }
  const root = createRoot(element as unknown as Element)
  root.render(createElement(QueryClientProvider, { client: queryClient }, createElement(List)))
  await expect.poll(() => element.textContent).toBe('live: ')
  await elsewhere.task.create.mutate({ title: 'milk' })
  await expect.poll(() => element.textContent).toBe('live: milk')
  root.unmount()
  await expect.poll(() => server.services.feed.subscriptions()).toBe(0)
  await window.happyDOM.close()
})

/** The component of the README, as a module of a project that has installed the packages. */
async function readmeApp(url: string): Promise<FunctionComponent> {
  const { path: folder, remove } = await temporaryFolder()
  cleanups.push(remove)
  const here = join(import.meta.dirname, '..')
  for (const name of ['@tanstack/react-query', '@taskwire/client', 'react', '@taskwire/react']) {
    const target = name === '@taskwire/react' ? here : join(here, 'node_modules', name)
    await mkdir(dirname(join(folder, 'node_modules', name)), { recursive: true })
    await symlink(target, join(folder, 'node_modules', name))
  }
  const [, code = ''] = /```tsx\n([^]*?)```/.exec(await readFile(join(here, 'README.md'), 'utf8')) ?? []
  await writeFile(join(folder, 'readme.tsx'), code.replace('http://127.0.0.1:8000', url))
  const { default: App } = await import(join(folder, 'readme.tsx'))
  return App
}

test("the README's component adds a task, completes it at a click, and takes that back", async () => {
  const key = await signedToken({ sub: newUser() })
  const window = new Window()
  Object.assign(globalThis, { window, document: window.document, prompt: () => key })
  const element = window.document.createElement('main')
  window.document.body.append(element)
  const root = createRoot(element as unknown as Element)
  root.render(createElement(await readmeApp(server.url)))
  const click = async (selector: string, text: string) => {
    const find = () => [...element.querySelectorAll(selector)].find(({ textContent }) => textContent === text)
    await expect.poll(find).toBeDefined()
    find()?.dispatchEvent(new window.MouseEvent('click', { bubbles: true }))
  }
  await expect.poll(() => element.textContent).toBe('Addlive')
  await click('button', 'Add')
  await click('li', 'Buy milk')
  await expect.poll(() => element.textContent).toBe('AddUndolive')
  await click('button', 'Undo')
  await expect.poll(() => element.querySelector('li')?.textContent).toBe('Buy milk')
  root.unmount()
  await window.happyDOM.close()
})

test('the package is its code alone, with its peers, and 6 KB gzip at most', async () => {
  const { path: folder, remove } = await temporaryFolder()
  cleanups.push(remove)
  const directory = await unpacked(await packed('react', folder), '@taskwire/react', folder)
  expect((await readdir(directory)).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json'])
  const { dependencies, peerDependencies } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
  expect(dependencies).toBeUndefined()
  expect(Object.keys(peerDependencies)).toEqual(['@tanstack/react-query', '@taskwire/client', 'react'])
  const code = (await readdir(join(directory, 'dist'))).filter((name) => name.endsWith('.js'))
  const texts = await Promise.all(code.map((name) => readFile(join(directory, 'dist', name), 'utf8')))
  expect(gzipSync(texts.join('')).length).toBeLessThan(6_000)
  expect(texts.join('')).not.toMatch(/from '\.[^']*\.ts'/)
})
