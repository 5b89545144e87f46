import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { built } from './build_app.ts'
import { openBrowser } from './chromium.ts'
import { runServer, type RunningServer, type Settings } from './run_server.ts'

export interface Person {
  readonly context: BrowserContext
  readonly page: Page
  readonly email: string
  readonly id: string
  /** Calls the REST door as this person, as a script elsewhere would. */
  readonly rest: (method: string, path: string, body?: object) => Promise<unknown>
  /** Another window of the same person: with its own storage, signed in. */
  readonly elsewhere: () => Promise<Page>
}

export interface Stage {
  readonly server: RunningServer
  readonly browser: Browser
  readonly database: TestDatabase
  /** What browsers complained of: a test file should end with none. */
  readonly complaints: string[]
  /** Hosts that were asked for anything. */
  readonly hosts: Set<string>
  /** Somebody new, at an empty list. */
  readonly person: (options?: BrowserContextOptions) => Promise<Person>
  /** A page at the door. */
  readonly visitor: (options?: BrowserContextOptions) => Promise<Page>
  /** Everybody leaves. */
  readonly leave: () => Promise<void>
  readonly close: () => Promise<void>
}

export const PASSWORD = 'correct horse battery'

/** The built app, served by the real server on a database of its own, and a real browser. */
export async function openStage(settings?: Settings): Promise<Stage> {
  await built()
  const database = await testDatabase()
  const server = await runServer(database.url, settings)
  const browser = await openBrowser()
  const complaints: string[] = []
  const hosts = new Set<string>()
  let people = 0

  async function window(options: BrowserContextOptions = {}): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options })
    context.setDefaultTimeout(15_000)
    const page = await context.newPage()
    page.on('request', (request) => hosts.add(new URL(request.url()).host))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !isNetworkNews(message.text())) complaints.push(message.text())
    })
    return { context, page }
  }

  return {
    server,
    browser,
    database,
    complaints,
    hosts,
    async visitor(options) {
      const { page } = await window(options)
      await page.goto(server.url)
      return page
    },
    async person(options) {
      const { context, page } = await window(options)
      const email = `person${++people}@example.com`
      const headers = { origin: server.url }
      const data = { name: `Person ${people}`, email, password: PASSWORD }
      const made = await context.request.post(`${server.url}/api/auth/sign-up/email`, { data, headers })
      const { user } = await made.json()
      await page.goto(server.url)
      await page.getByText('Nothing here yet').waitFor()
      return {
        context,
        page,
        email,
        id: user.id,
        async rest(method, path, body) {
          const { token } = await (await context.request.get(`${server.url}/api/auth/token`)).json()
          const response = await fetch(`${server.url}/api/${user.id}${path}`, {
            method,
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            body: body && JSON.stringify(body),
          })
          if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
          return response.status === 204 ? undefined : response.json()
        },
        async elsewhere() {
          const other = await window(options)
          await other.context.request.post(`${server.url}/api/auth/sign-in/email`, { data, headers })
          await other.page.goto(server.url)
          await other.page.getByLabel('New task').waitFor()
          return other.page
        },
      }
    },
    async leave() {
      await Promise.all(browser.contexts().map((context) => context.close()))
    },
    async close() {
      await browser.close()
      await server.close()
      await database.close()
    },
  }
}

/** A browser writes an error for every failed request; those that are meant to fail are asserted where they are. */
function isNetworkNews(text: string): boolean {
  return text.startsWith('Failed to load resource')
}
