import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumPath, openBrowser } from '../../apps/web/e2e/rig/chromium.ts'
import { signInServer, type SignInServer } from '../../apps/server/testing/sign_in_server.ts'
import { freePort } from '../faults/ports.ts'
import { compiled, openSamples, type Sample } from './samples.ts'

// The samples that are pages: built, served, and used in a browser (only fetched if none is installed) beside a real server.

type Browser = Awaited<ReturnType<typeof openBrowser>>
type Page = Awaited<ReturnType<Browser['newPage']>>

const NEXT = 'node_modules/next/dist/bin/next'
const VITE = 'node_modules/vite/bin/vite.js'
const MAX_WAIT_MS = 120_000

const samples = await openSamples(['client', 'react'])
// Known before they are served, because the server has to allow their origins.
const ports = { vite: String(await freePort()), next: String(await freePort()) }
let server: SignInServer
let url: string
let browser: Browser | undefined
beforeAll(async () => {
  const CORS_ORIGINS = Object.values(ports).map((port) => `http://127.0.0.1:${port}`)
  server = await signInServer({ env: { CORS_ORIGINS: CORS_ORIGINS.join(',') } })
  url = await server.app.listen({ host: '127.0.0.1', port: 0 })
  if (chromiumPath !== undefined) browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server.close()
  await samples.close()
})

/** A page at an address, with its errors. */
async function opened(address: string, from: Browser): Promise<{ page: Page; errors: string[] }> {
  const context = await from.newContext()
  context.setDefaultTimeout(MAX_WAIT_MS)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(address)
  return { page, errors }
}

async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Signs in with a key that the server refuses, out, and in with a good one. */
async function signInAtLast(page: Page, key: string): Promise<void> {
  await signIn(page, 'tw_of_nobody')
  await page.locator('p[role=alert]').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await signIn(page, key)
  await page.getByLabel('New task').waitFor()
}

async function add(page: Page, title: string): Promise<void> {
  await page.getByLabel('New task').fill(title)
  await page.getByRole('button', { name: 'Add' }).click()
  await item(page, title).waitFor()
}

function item(page: Page, title: string) {
  return page.getByRole('listitem').filter({ hasText: title })
}

async function newKey(): Promise<string> {
  const { session } = await server.newUser()
  const { key } = await server.newKey(session, { name: 'pages', configId: 'write' })
  return key
}

async function titles(key: string, status: 'pending' | 'completed'): Promise<string[]> {
  const { items } = await server.caller(key).task.list({ status })
  return items.map(({ title }) => title).toSorted()
}

test('the page of Vite and React adds and completes tasks, takes that back, and shows what is added elsewhere', async () => {
  const sample = await samples.sample('vite-react', [samples.tarball('client'), samples.tarball('react')])
  expect(await compiled(sample)).toBe('')
  expect(await sample.run([VITE, 'build'], { VITE_TASKWIRE_URL: url })).toContain('built in')
  await using preview = sample.start([VITE, 'preview', '--host', '127.0.0.1', '--port', ports.vite, '--strictPort'])
  const address = await preview.address()
  expect(await (await fetch(address)).text()).toContain('<div id="root">')
  if (browser === undefined) return

  const { page, errors } = await opened(address, browser)
  const key = await newKey()
  await signInAtLast(page, key)
  await page.getByText('live', { exact: true }).waitFor()
  await add(page, 'Buy milk')
  await server.caller(key).task.create({ title: 'Pay rent' })
  await item(page, 'Pay rent').waitFor()
  await item(page, 'Buy milk').getByRole('checkbox').click()
  await item(page, 'Buy milk').waitFor({ state: 'detached' })
  await expect.poll(() => titles(key, 'completed')).toEqual(['Buy milk'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await item(page, 'Buy milk').waitFor()
  expect(await titles(key, 'pending')).toEqual(['Buy milk', 'Pay rent'])
  expect(errors).toEqual([])
})

/** Completes a task and deletes it, in either page of Next.js. */
async function completeAndDelete(page: Page, { key, title }: { key: string; title: string }): Promise<void> {
  await item(page, title).getByRole('checkbox').click()
  await item(page, title).getByRole('checkbox', { checked: true }).waitFor()
  expect(await titles(key, 'completed')).toEqual([title])
  await item(page, title).getByRole('button', { name: 'Delete' }).click()
  await item(page, title).waitFor({ state: 'detached' })
}

async function usePages(address: string, key: string, from: Browser): Promise<void> {
  const { page, errors } = await opened(address, from)
  await signInAtLast(page, key)
  await add(page, 'Buy milk')
  await add(page, 'Pay rent')
  await completeAndDelete(page, { key, title: 'Buy milk' })

  await page.goto(`${address}/typed`)
  await item(page, 'Pay rent').waitFor()
  await add(page, 'Buy bread')
  await completeAndDelete(page, { key, title: 'Buy bread' })
  await server.caller(key).task.create({ title: 'Call the bank' })
  await item(page, 'Call the bank').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await signInAtLast(page, key)
  await item(page, 'Pay rent').waitFor()
  expect(errors).toEqual([])
}

async function nextSample(): Promise<Sample> {
  const sample = await samples.sample('nextjs', [samples.tarball('client')])
  const built = await sample.run([NEXT, 'build'], { NEXT_PUBLIC_API_URL: url })
  expect(built).toContain('/typed')
  expect(built).not.toContain('exit 1')
  return sample
}

test('both pages of Next.js add, complete and delete tasks, and the typed one shows what is added elsewhere', async () => {
  const sample = await nextSample()
  await using program = sample.start([NEXT, 'start', '--hostname', '127.0.0.1', '--port', ports.next])
  const address = await program.address()
  for (const path of ['/', '/typed']) {
    const response = await fetch(`${address}${path}`)
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('API key')])
  }
  if (browser === undefined) return
  await usePages(address, await newKey(), browser)
})
