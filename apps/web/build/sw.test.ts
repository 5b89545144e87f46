import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { reminderTexts } from './offline_shell.ts'

const source = readFileSync(join(import.meta.dirname, 'sw.js'), 'utf8')
const origin = 'https://tasks.example'

type Delivered = { readonly status: number; readonly from: string }
type Handler = (event: object) => void

interface OpenWindow {
  readonly url?: string
  readonly visibilityState?: string
  readonly focus?: () => Promise<void>
  readonly navigate?: (url: string) => void
}

/** A notification that was shown, as a browser keeps it. */
interface Notice {
  readonly title: string
  readonly body: string
  readonly tag: string
  readonly silent: boolean
  readonly data: { readonly url: string }
  isClosed: boolean
}

/** A service worker of a release, in a browser whose caches it shares with those before. */
function worker(version: string, caches = new Map<string, Map<string, Delivered>>()) {
  const handlers = new Map<string, Handler>()
  const network = {
    answer: (_url: string): Promise<Delivered> => Promise.reject(new Error('offline')),
    asked: [] as string[],
  }
  const windows: OpenWindow[] = []
  const notifications: Notice[] = []
  const opened: string[] = []
  const fetched = (request: { url: string } | string) => {
    const url = typeof request === 'string' ? `${origin}${request}` : request.url
    network.asked.push(url)
    return network.answer(url)
  }
  const self = {
    addEventListener: (type: string, handler: Handler) => handlers.set(type, handler),
    skipWaiting: () => Promise.resolve(),
    registration: {
      async showNotification(title: string, options: Omit<Notice, 'title' | 'isClosed'>) {
        for (const shown of notifications) shown.isClosed ||= shown.tag === options.tag
        notifications.push({ title, ...options, isClosed: false })
      },
      getNotifications: async ({ tag }: { tag: string }) =>
        notifications
          .filter((shown) => shown.tag === tag && !shown.isClosed)
          .map((shown) => ({ close: () => (shown.isClosed = true) })),
    },
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
    .replace('__TEXTS__', JSON.stringify(reminderTexts()))
  const Response = { error: () => ({ status: 0, from: 'nowhere' }) }
  const navigator = { languages: ['en-GB', 'en'] }
  runInNewContext(completed, { self, caches: storage, fetch: fetched, location: { origin }, navigator, URL, Response })

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
  const push = (payload?: object) => dispatch('push', payload === undefined ? {} : { data: { json: () => payload } })
  return { caches, network, windows, opened, notifications, dispatch, request, push }
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

const pushed = {
  task_id: 7,
  remind_at: '2099-03-10T09:00:00.000Z',
  title: 'Call Bob',
  due_time: '17:30',
  language: 'en',
}

test('a push is a notification in the language of the pages, which leads to its task', async () => {
  const { push, notifications } = await installed()
  await push(pushed)
  await push({ ...pushed, language: 'de', task_id: 8 })
  await push({ ...pushed, due_time: null, task_id: 9 })
  expect(notifications).toMatchObject([
    { title: 'Call Bob', body: 'Due at 17:30', data: { url: '/#/all/task/7' }, silent: false, isClosed: false },
    { title: 'Call Bob', body: 'Fällig um 17:30', data: { url: '/#/all/task/8' } },
    { title: 'Call Bob', body: 'Reminder', data: { url: '/#/all/task/9' } },
  ])
  expect(notifications[0]?.tag).toBe('reminder:7:2099-03-10T09:00:00.000Z')
})

test('a push without a title, or without anything, is a notification that says no more', async () => {
  const { push, notifications } = await installed()
  await push({ task_id: 7, remind_at: pushed.remind_at, language: 'de' })
  await push()
  expect(notifications.map(({ title, body }) => [title, body])).toEqual([
    ['Taskwire', 'Erinnerung'],
    ['Taskwire', 'Reminder'],
  ])
})

test('a page on the screen tells of a reminder by itself, so the notification goes at once', async () => {
  const { push, notifications, windows } = await installed()
  windows.push({ url: `${origin}/#/today`, visibilityState: 'visible' })
  await push(pushed)
  expect(notifications).toMatchObject([{ silent: true, isClosed: true }])
})

test.each([
  ['in the background', '/#/today', 'hidden'],
  ['of the guide', '/docs/guide', 'visible'],
])('a page %s does not keep a notification from being shown', async (_where, path, visibilityState) => {
  const { push, notifications, windows } = await installed()
  windows.push({ url: `${origin}${path}`, visibilityState })
  await push(pushed)
  expect(notifications).toMatchObject([{ silent: false, isClosed: false }])
})

test('a push that comes twice is one notification', async () => {
  const { push, notifications } = await installed()
  await push(pushed)
  await push(pushed)
  expect(notifications.filter(({ isClosed }) => !isClosed)).toHaveLength(1)
})
