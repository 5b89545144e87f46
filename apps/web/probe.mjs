import { chromium } from 'playwright-core'
const base = 'http://127.0.0.1:8123'
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-quic',
  ],
})
const ctx = await browser.newContext({ viewport: { width: 1280, height: 800 } })
const page = await ctx.newPage()
page.on('console', (m) => console.log('console', m.type(), m.text()))
page.on('pageerror', (e) => console.log('pageerror', e))
page.on('requestfailed', (r) => console.log('failed', r.url(), r.failure()?.errorText))
page.on('response', (r) => {
  if (r.status() >= 400) console.log(r.status(), r.url())
})
await page.goto(base)
await page.waitForTimeout(800)
await page.screenshot({ path: '/tmp/web/shots/1.png' })
await page.getByRole('button', { name: 'Create an account' }).click()
await page.getByLabel('Name').fill('Ada')
await page.getByLabel('E-mail').fill(`ada${Date.now()}@example.com`)
await page.getByLabel('Password').fill('correct horse')
await page.getByRole('button', { name: 'Create account' }).click()
await page.waitForTimeout(1500)
await page.screenshot({ path: '/tmp/web/shots/2.png' })
for (const t of [
  'Write the release notes',
  'Call the plumber about the kitchen tap',
  'Buy groceries',
  'Book train tickets to Ghent',
  'Renew the passport',
]) {
  await page.getByLabel('New task').fill(t)
  await page.keyboard.press('Enter')
}
await page.waitForTimeout(600)
await page.getByRole('checkbox', { name: 'Completed: Buy groceries' }).click()
await page.waitForTimeout(400)
await page.getByRole('button', { name: 'Call the plumber' }).first().click()
await page.waitForTimeout(200)
await page.screenshot({ path: '/tmp/web/shots/3.png' })
await page.getByLabel('Description').fill('Mornings only. Ask for the pressure valve too.')
await page.keyboard.press('Control+Enter')
await page.waitForTimeout(400)
await page.getByRole('button', { name: 'Delete Renew the passport' }).click()
await page.waitForTimeout(400)
await page.screenshot({ path: '/tmp/web/shots/4.png' })
await page.keyboard.press('Control+z')
await page.waitForTimeout(500)
await page.keyboard.press('h')
await page.waitForTimeout(800)
await page.screenshot({ path: '/tmp/web/shots/5.png' })
await page.keyboard.press('Escape')
await page.waitForTimeout(200)
await page.keyboard.press('?')
await page.waitForTimeout(500)
await page.screenshot({ path: '/tmp/web/shots/6.png' })
await page.keyboard.press('Escape')
await page.goto(base + '/#/all/keys')
await page.waitForTimeout(800)
await page.screenshot({ path: '/tmp/web/shots/7.png' })
await page.goto(base + '/#/all/chat')
await page.waitForTimeout(800)
await page.screenshot({ path: '/tmp/web/shots/8.png' })
await browser.close()
