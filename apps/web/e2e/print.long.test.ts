import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

let app: TestApp
beforeAll(async () => {
  if (chromiumPath !== undefined) app = await openTestApp()
})
afterAll(() => app?.close())

test.skipIf(chromiumPath === undefined).each([33, 5000])('%i tasks are all on paper', async (count) => {
  const { page, id } = await app.user()
  await app.database.pool.query(
    `INSERT INTO taskwire.task (user_id, title, updated_at) SELECT $1, 'Task ' || n, now() FROM generate_series(1, $2::int) n`,
    [id, count],
  )
  await page.reload()
  await expect
    .poll(async () => page.getByRole('link', { name: 'All', exact: false }).first().textContent(), { timeout: 60_000 })
    .toContain(count.toLocaleString('en'))
  // On the screen only the rows near the window of a long list are in the document.
  if (count > 300) expect(await page.locator('.list .item').count()).toBeLessThan(80)
  // Chromium sends the events of printing around this.
  const marks = page.evaluate(() => {
    addEventListener('beforeprint', () => {
      document.title = String(document.querySelectorAll('.paper-name').length)
    })
  })
  await marks
  const pdf = await page.pdf({ format: 'A4' })
  expect(Number(await page.title())).toBe(count)
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0
  expect(pages).toBeGreaterThanOrEqual(Math.ceil(count / 60))
})
