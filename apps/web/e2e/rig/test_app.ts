import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { buildApp } from './build_app.ts'
import { openBrowser } from './chromium.ts'
import { MAX_WAIT_MS } from './wait_limit.ts'
import { runServer, type RunningServer, type Settings } from './run_server.ts'

export interface TestUser {
  readonly context: BrowserContext
  readonly page: Page
  readonly email: string
  readonly id: string
  /** Calls the REST API as this user, as a script would. */
  readonly rest: (method: string, path: string, body?: object) => Promise<unknown>
  /** Opens another window of the same user, signed in, with its own storage. */
  readonly elsewhere: () => Promise<Page>
}

export interface TestApp {
  readonly server: RunningServer
  readonly browser: Browser
  readonly database: TestDatabase
  /** Errors that browsers logged: a test file should end with none. */
  readonly consoleErrors: string[]
  /** Hosts that received requests. */
  readonly hosts: Set<string>
  /** A new user with an empty list, at the view of all tasks. */
  readonly user: (options?: BrowserContextOptions) => Promise<TestUser>
  /** A page at the sign-in form. */
  readonly visitor: (options?: BrowserContextOptions) => Promise<Page>
  /** Closes all windows. */
  readonly closeWindows: () => Promise<void>
  readonly close: () => Promise<void>
}

export const PASSWORD = 'correct horse battery'

/** Serves the built app by the real server on its own database, and opens a real browser: the cheapest, or the one at a path. */
export async function openTestApp(settings?: Settings, browserPath?: string): Promise<TestApp> {
  await buildApp()
  const database = await testDatabase()
  const server = await runServer(database.url, settings)
  const browser = await openBrowser(browserPath)
  const consoleErrors: string[] = []
  const hosts = new Set<string>()
  let userCount = 0

  async function window(options: BrowserContextOptions = {}): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options })
    context.setDefaultTimeout(MAX_WAIT_MS)
    const page = await context.newPage()
    page.on('request', (request) => hosts.add(new URL(request.url()).host))
    page.on('pageerror', (error) => consoleErrors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !isFailedRequest(message.text())) consoleErrors.push(message.text())
    })
    return { context, page }
  }

  return {
    server,
    browser,
    database,
    consoleErrors,
    hosts,
    async visitor(options) {
      const { page } = await window(options)
      await page.goto(server.url)
      return page
    },
    async user(options) {
      const { context, page } = await window(options)
      const email = `user${++userCount}@example.com`
      const headers = { origin: server.url }
      const data = { name: `User ${userCount}`, email, password: PASSWORD }
      const made = await context.request.post(`${server.url}/api/auth/sign-up/email`, { data, headers })
      const { user } = await made.json()
      await page.goto(`${server.url}/#/all`)
      await page.getByText('No tasks yet').waitFor()
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
          await other.page.goto(`${server.url}/#/all`)
          await other.page.getByLabel('New task').waitFor()
          return other.page
        },
      }
    },
    async closeWindows() {
      await Promise.all(browser.contexts().map((context) => context.close()))
    },
    async close() {
      await browser.close()
      await server.close()
      await database.close()
    },
  }
}

/** A browser logs every failed request. Tests that make requests fail assert that themselves. */
function isFailedRequest(text: string): boolean {
  return text.startsWith('Failed to load resource')
}
