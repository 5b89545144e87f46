import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { newUser, signedToken } from '@taskwire/api/testing'
import { faultyFetch, testServer, type TestServer } from '@taskwire/client/testing'
import { packed, temporaryFolder, unpacked } from '@taskwire/outside'
import { Window } from 'happy-dom'
import { createElement, type FunctionComponent } from 'react'
import { createRoot } from 'react-dom/client'
import { rolldown } from 'rolldown'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openPage } from '../testing/browser.ts'
import { createReplica, openLocalDatabase, type TaskReplica } from './index.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const cleanups: (() => unknown)[] = []
beforeEach(() => void openPage())
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** A visit of a user's page, whose line to the server is broken while `isOnline` returns false. */
async function visit(user_id: string, isOnline: () => boolean = () => true): Promise<TaskReplica> {
  const rejected: unknown[] = []
  const replica = createReplica({
    client: server.client(user_id, {
      fetch: faultyFetch(() => (isOnline() ? undefined : 'refused')),
      retry: { maxRetries: 0 },
    }),
    user_id,
    database: await openLocalDatabase(user_id),
    onRejected: (_, reason) => rejected.push(reason),
  })
  cleanups.push(
    () => replica.close(),
    () => expect(rejected).toEqual([]),
  )
  return replica
}

const titles = (replica: TaskReplica) => replica.snapshot().tasks.map(({ title }) => title)

test('what is written without a connection outlives the page, and is sent once by a later one', async () => {
  const user = newUser()
  let isOnline = true
  const first = await visit(user, () => isOnline)
  await expect.poll(() => first.snapshot().connection).toBe('live')
  isOnline = false
  first.write(null, { kind: 'create', fields: { title: 'milk' } })
  expect(titles(first)).toEqual(['milk'])
  const database = await openLocalDatabase(user)
  await expect.poll(async () => (await database.loadWrites()).map(({ attempted }) => attempted)).toEqual([true])
  first.close()

  const second = await visit(user)
  await expect.poll(() => [...titles(second), second.snapshot().waiting.length]).toEqual(['milk', 0])
  const { items } = await server.client(user).task.list.query({})
  expect(items.map(({ title }) => title)).toEqual(['milk'])
  expect(second.snapshot().tasks.map(({ id }) => id)).toEqual(items.map(({ id }) => id))
})

test('a later visit shows the stored tasks before the server has answered', async () => {
  const user = newUser()
  await server.client(user).task.create.mutate({ title: 'milk' })
  const first = await visit(user)
  const database = await openLocalDatabase(user)
  await expect.poll(async () => (await database.loadTasks())?.tasks.length).toBe(1)
  first.close()
  const second = await visit(user, () => false)
  await expect.poll(() => [second.snapshot().phase, ...titles(second)]).toEqual(['ready', 'milk'])
})

test('an edit of a field that somebody else changed waits for a choice, and the choice is sent', async () => {
  const user = newUser()
  const elsewhere = server.client(user)
  const { id } = await elsewhere.task.create.mutate({ title: 'milk' })
  let isOnline = true
  const replica = await visit(user, () => isOnline)
  await expect.poll(() => titles(replica)).toEqual(['milk'])
  const [base = null] = replica.snapshot().tasks
  isOnline = false
  replica.write(id, { kind: 'edit', fields: { title: 'oat milk' } }, base)
  await elsewhere.task.update.mutate({ task_id: id, title: 'soy milk' })
  isOnline = true
  replica.retry()
  await expect.poll(() => replica.snapshot().waiting.map(({ conflict }) => conflict?.title)).toEqual(['soy milk'])
  const [write] = replica.snapshot().waiting
  if (write !== undefined) replica.resolveConflict(write, 'mine')
  await expect.poll(async () => (await elsewhere.task.get.query({ task_id: id })).title).toBe('oat milk')
  await expect.poll(() => replica.snapshot().waiting).toEqual([])
})

/** The component of the README, as a module of a project that has installed the packages. */
async function readmeApp(url: string): Promise<FunctionComponent> {
  const { path: folder, remove } = await temporaryFolder()
  cleanups.push(remove)
  const here = join(import.meta.dirname, '..')
  for (const name of ['@taskwire/client', 'react', '@taskwire/offline']) {
    const target = name === '@taskwire/offline' ? here : join(here, 'node_modules', name)
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
  await expect.poll(() => element.textContent).toBe('AddUndolive, 0 to send')
  await click('button', 'Add')
  await expect.poll(() => element.textContent).toBe('Buy milkAddUndolive, 0 to send')
  await click('li', 'Buy milk')
  await expect.poll(() => element.textContent).toBe('AddUndolive, 0 to send')
  await click('button', 'Undo')
  await expect.poll(() => element.textContent).toBe('Buy milkAddUndolive, 0 to send')
  root.unmount()
  await window.happyDOM.close()
})

test('the package is its code alone, and 16 KB gzip at most when bundled', async () => {
  const { path: folder, remove } = await temporaryFolder()
  cleanups.push(remove)
  const directory = await unpacked(await packed('offline', folder), '@taskwire/offline', folder)
  expect((await readdir(directory)).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json'])
  const manifest = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
  expect(Object.keys(manifest.dependencies)).toEqual(['idb'])
  expect(Object.keys(manifest.peerDependencies)).toEqual(['@taskwire/client'])
  const files = await readdir(join(directory, 'dist'), { recursive: true, encoding: 'utf8' })
  const texts = await Promise.all(
    files.filter((name) => /\.(js|d\.ts)$/.test(name)).map((name) => readFile(join(directory, 'dist', name), 'utf8')),
  )
  // What it imports of others, and no sources.
  const imported = texts.flatMap((text) =>
    [...text.matchAll(/ from '([^']+)'| from "([^"]+)"/g)].map(([, a, b]) => a ?? b),
  )
  expect(imported).toEqual(expect.arrayContaining(['@taskwire/client', 'idb']))
  expect(imported.filter((name) => !/^(\..*\.js|@taskwire\/client|idb)$/.test(name ?? ''))).toEqual([])

  await symlink(join(import.meta.dirname, '../node_modules/idb'), join(folder, 'node_modules/idb'))
  const build = await rolldown({ input: join(directory, 'dist/index.js'), external: ['@taskwire/client'] })
  const { output } = await build.generate({ format: 'esm', minify: true })
  await build.close()
  expect(gzipSync(output[0].code).length).toBeLessThan(16_000)
})
