import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'

const source = readFileSync(join(import.meta.dirname, 'sw.js'), 'utf8')
const origin = 'https://tasks.example'

type Delivered = { readonly status: number; readonly from: string }
type Handler = (event: object) => void

/** A service worker of a release, in a browser whose caches it shares with those before. */
function worker(version: string, caches = new Map<string, Map<string, Delivered>>()) {
  const handlers = new Map<string, Handler>()
  const network = {
    answer: (_url: string): Promise<Delivered> => Promise.reject(new Error('offline')),
    asked: [] as string[],
  }
  const windows: { focus: () => Promise<void>; navigate: (url: string) => void }[] = []
  const opened: string[] = []
  const fetched = (request: { url: string } | string) => {
    const url = typeof request === 'string' ? `${origin}${request}` : request.url
    network.asked.push(url)
    return network.answer(url)
  }
  const self = {
    addEventListener: (type: string, handler: Handler) => handlers.set(type, handler),
    skipWaiting: () => Promise.resolve(),
    clients: {
      claim: () => Promise.resolve(),
      matchAll: () => Promise.resolve(windows),
      openWindow: (url: string) => Promise.resolve(opened.push(url)),
    },
  }
  const storage = {
    async open(name: string) {
      const entries = caches.get(name) ?? new Map<string, Delivered>()
      caches.set(name, entries)
      return {
        async addAll(files: string[]) {
          for (const file of files) entries.set(file, await fetched(file))
        },
      }
    },
    keys: () => Promise.resolve([...caches.keys()]),
    delete: (name: string) => Promise.resolve(caches.delete(name)),
    match: (path: string) => Promise.resolve([...caches.values()].find((entries) => entries.has(path))?.get(path)),
  }
  const completed = source
    .replace('__VERSION__', JSON.stringify(version))
    .replace('__FILES__', JSON.stringify(['/', `/assets/app-${version}.js`]))
  const Response = { error: () => ({ status: 0, from: 'nowhere' }) }
  runInNewContext(completed, { self, caches: storage, fetch: fetched, location: { origin }, URL, Response })

  /** Dispatches an event, and waits for what it has to wait for. Undefined if the worker left a request alone. */
  async function dispatch(type: string, details: object = {}): Promise<Delivered | undefined> {
    const waits: Promise<unknown>[] = []
    let answer: Promise<Delivered> | undefined
    handlers.get(type)?.({
      ...details,
      waitUntil: (work: Promise<unknown>) => waits.push(work),
      respondWith: (given: Promise<Delivered>) => (answer = given),
    })
    await Promise.all(waits)
    return answer
  }
  const request = (path: string, method = 'GET', of = origin) =>
    dispatch('fetch', { request: { method, url: `${of}${path}` } })
  return { caches, network, windows, opened, dispatch, request }
}

const online = (from: string) => (): Promise<Delivered> => Promise.resolve({ status: 200, from })

/** A worker that is installed. */
async function installed(version = 'one', caches?: Map<string, Map<string, Delivered>>) {
  const one = worker(version, caches)
  one.network.answer = online(`release ${version}`)
  await one.dispatch('install')
  await one.dispatch('activate')
  one.network.asked.length = 0
  return one
}

test('a new release replaces the files of those before', async () => {
  const { caches } = await installed('one')
  caches.set('taskwire-older', new Map())
  await installed('two', caches)
  expect([...caches.keys()]).toEqual(['taskwire-two'])
  expect([...(caches.get('taskwire-two')?.keys() ?? [])]).toEqual(['/', '/assets/app-two.js'])
})

test('the page comes from the server while that answers, and otherwise from the release that is stored', async () => {
  const { network, request } = await installed()
  network.answer = online('server')
  expect(await request('/')).toEqual({ status: 200, from: 'server' })
  network.answer = () => Promise.reject(new Error('offline'))
  expect(await request('/')).toEqual({ status: 200, from: 'release one' })
  // Of a proxy, whose server does not run.
  network.answer = () => Promise.resolve({ status: 502, from: 'proxy' })
  expect(await request('/')).toEqual({ status: 200, from: 'release one' })
})

test('without a stored page the answer of the server is passed on, and an error where there is none', async () => {
  const { network, request } = worker('one')
  expect(await request('/')).toMatchObject({ status: 0 })
  network.answer = () => Promise.resolve({ status: 503, from: 'server' })
  expect(await request('/')).toEqual({ status: 503, from: 'server' })
})

test("the release's own files do not need the server", async () => {
  const { network, request } = await installed()
  network.answer = () => Promise.reject(new Error('offline'))
  expect(await request('/assets/app-one.js')).toEqual({ status: 200, from: 'release one' })
  expect(network.asked).toEqual([])
})

test.each([
  ['/trpc/task.list', 'GET', origin],
  ['/api/ada/tasks', 'GET', origin],
  ['/', 'POST', origin],
  ['/', 'GET', 'https://other.example'],
])('a request for %s by %s of %s is left to the browser', async (path, method, of) => {
  const { request } = await installed()
  expect(await request(path, method, of)).toBeUndefined()
})

test('a click on a reminder leads to its task, in the window that is open', async () => {
  const { dispatch, opened, windows } = await installed()
  let isClosed = false
  const notification = { data: { url: '/#/task/7' }, close: () => (isClosed = true) }
  await dispatch('notificationclick', { notification })
  expect(isClosed).toBe(true)
  expect(opened).toEqual(['/#/task/7'])
  const went: string[] = []
  windows.push({ focus: () => Promise.resolve(), navigate: (url) => went.push(url) })
  await dispatch('notificationclick', { notification })
  expect(opened).toHaveLength(1)
  expect(went).toEqual([`${origin}/#/task/7`])
})
