import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { wholeBrowserPath, NO_CHROMIUM } from './rig/chromium.ts'
import { eventually, synced } from './rig/page_steps.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (wholeBrowserPath === undefined) console.warn(NO_CHROMIUM)

let app: TestApp
beforeAll(async () => {
  if (wholeBrowserPath !== undefined) app = await openTestApp({}, wholeBrowserPath)
})
afterAll(() => app?.close())

test.skipIf(wholeBrowserPath === undefined)(
  'a reminder shows on the page, and as a notification while the page is in the background',
  async () => {
    const { page, context, rest } = await app.user()
    await context.grantPermissions(['notifications'], { origin: app.server.url })
    await page.evaluate(() => navigator.serviceWorker.ready)
    await synced(page)
    await rest('PATCH', '/settings', { time_zone: 'UTC' })
    await rest('POST', '/tasks', { title: 'Take the bread out', reminders: [TOMORROW] })
    await fireNow()
    await page.getByText('Reminder: “Take the bread out”').waitFor()

    await page.evaluate(() => Object.defineProperty(document, 'visibilityState', { value: 'hidden' }))
    await rest('POST', '/tasks', { title: 'Switch the oven off', reminders: [TOMORROW] })
    await fireNow()
    const shown = () =>
      page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready
        return (await registration.getNotifications()).map(({ title }) => title)
      })
    await eventually(async () => expect(await shown()).toEqual(['Switch the oven off']))

    // The page is on the screen, whatever it has been told: it tells of this by itself.
    const [reminder] = await firedReminders(rest)
    await push(page, { ...reminder, language: 'en' })
    await eventually(async () => expect(await shown()).toEqual([]))

    // No page of the app is open any more.
    await page.goto(`${app.server.url}/docs/guide`)
    await push(page, { task_id: 999, remind_at: 'x', title: 'Of a closed page', language: 'en' })
    await eventually(async () => expect(await shown()).toEqual(['Of a closed page']))
  },
)

async function firedReminders(rest: (method: string, path: string) => Promise<unknown>) {
  const fired = await rest('GET', '/reminders?state=fired')
  return (Array.isArray(fired) ? fired : []).filter(({ title }) => title === 'Switch the oven off')
}

/** Hands a message to the service worker, as the push service of a browser does. */
async function push(page: Page, payload: object): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  const registered = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [first] }) => {
      if (first !== undefined) resolve(first.registrationId)
    })
  })
  await devtools.send('ServiceWorker.enable')
  const registrationId = await registered
  const origin = app.server.url
  await devtools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: JSON.stringify(payload) })
  await devtools.detach()
}

const TOMORROW = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)

/** Makes the reminder that is planned due. They are set to the minute, which is long to wait for. */
async function fireNow(): Promise<void> {
  const { pool } = app.database
  const due = 'UPDATE taskwire.reminder SET fire_at = now() WHERE fire_at IS NOT NULL'
  await expect.poll(async () => (await pool.query(due)).rowCount).toBe(1)
}
