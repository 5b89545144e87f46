import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { eventually, synced } from './rig/page_steps.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

let app: TestApp
beforeAll(async () => {
  if (chromiumPath !== undefined) app = await openTestApp()
})
afterAll(() => app?.close())

test.skipIf(chromiumPath === undefined)(
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
  },
)

const TOMORROW = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)

/** Makes the reminder that is planned due. They are set to the minute, which is long to wait for. */
async function fireNow(): Promise<void> {
  const { pool } = app.database
  const due = 'UPDATE taskwire.reminder SET fire_at = now() WHERE fire_at IS NOT NULL'
  await expect.poll(async () => (await pool.query(due)).rowCount).toBe(1)
}
