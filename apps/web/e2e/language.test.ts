import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { openTestApp, PASSWORD, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

let app: TestApp
beforeAll(async () => {
  if (chromiumPath !== undefined) app = await openTestApp()
})
afterAll(() => app?.close())

test.skipIf(chromiumPath === undefined)(
  'a German browser shows every screen in German, and the language can be chosen',
  async () => {
    const page = await app.visitor({ locale: 'de-AT' })
    await page.locator('html[lang="de"]').waitFor({ state: 'attached' })
    await page.getByRole('link', { name: 'Konto erstellen' }).click()
    await page.getByLabel('Name').fill('Grete')
    await page.getByLabel('E-Mail').fill('grete@example.com')
    await page.getByLabel('Passwort').fill(PASSWORD)
    await page.getByRole('button', { name: 'Konto erstellen' }).click()
    await page.getByRole('heading', { name: 'Heute' }).waitFor()
    await page.getByRole('checkbox', { name: 'Erledigt: Hake diese Aufgabe ab' }).waitFor()
    await page.getByLabel('Neue Aufgabe').fill('Fenster putzen every day !1')
    await page.getByText('Verstanden: jeden Tag, Hohe Priorität').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('checkbox', { name: 'Erledigt: Fenster putzen' }).waitFor()

    await page.getByRole('link', { name: 'Einstellungen' }).click()
    await page.getByLabel('Sprache').selectOption('en')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await page.locator('html[lang="en"]').waitFor({ state: 'attached' })
    expect(app.consoleErrors).toEqual([])
  },
)
