import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { add, eventually, shows, synced } from './rig/page_steps.ts'
import { openTestApp, PASSWORD, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('the account', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app?.close())

  test('a user changes name, email and password here, stays signed in, and is signed out elsewhere', async () => {
    const user = await app.user()
    const { page } = user
    const other = await user.elsewhere()
    await page.getByRole('link', { name: `Account ${user.email}` }).click()
    await page.getByLabel('Name').fill('  Ada Lovelace ')
    await page.getByRole('button', { name: 'Save the name' }).click()
    await page.getByText('Your name was changed').waitFor()
    await page.getByLabel('Email').fill('Ada@example.org')
    await page.getByRole('button', { name: 'Change the email' }).click()
    await page.getByText('Your email was changed').waitFor()
    const { rows } = await app.database.pool.query(`SELECT name, email FROM taskwire."user" WHERE id = $1`, [user.id])
    expect(rows).toEqual([{ name: 'Ada Lovelace', email: 'ada@example.org' }])

    await page.getByLabel('Current password').fill('not mine at all')
    await page.getByLabel('New password').fill('another battery staple')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('That is not your password.').waitFor()
    await page.getByLabel('Current password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('Your password was changed').waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('link', { name: 'Account ada@example.org' }).waitFor()

    await other.reload()
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    await add(page, 'Still here')
    await synced(page)
    await page.reload()
    await shows(page, ['Still here'])
  })

  test('sessions are listed with their browsers, and one of them is ended', async () => {
    const user = await app.user()
    const other = await user.elsewhere()
    await user.page.getByRole('link', { name: `Account ${user.email}` }).click()
    await user.page.getByText('(this one)').waitFor()
    await user.page.getByRole('button', { name: /^Sign out .*Chrome/ }).click()
    await user.page.getByText('You are signed in nowhere else.').waitFor()
    await other.reload()
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    await user.page.reload()
    await user.page.getByText('(this one)').waitFor()
  })

  test('deleting the account asks for the password, and leaves nothing in the browser', async () => {
    const { page, id, email } = await app.user()
    await add(page, 'Secret')
    await synced(page)
    await page.getByRole('link', { name: `Account ${email}` }).click()
    await page.getByRole('button', { name: 'Delete account…' }).click()
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByText('Enter your password.').waitFor()
    await page.getByLabel('Your password').fill('not mine at all')
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByText('That is not your password.').waitFor()
    await page.getByLabel('Your password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    const { rowCount } = await app.database.pool.query(`SELECT 1 FROM taskwire.task WHERE user_id = $1`, [id])
    expect(rowCount).toBe(0)
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(email)
    await eventually(async () => expect(await page.evaluate(storedRows)).toBe(0))
  })

  test('everything is exported as a file, which another account imports, and undoes', async () => {
    const user = await app.user()
    await add(user.page, 'Moves', 'Moves too')
    await synced(user.page)
    await user.page.getByRole('link', { name: `Account ${user.email}` }).click()
    const downloading = user.page.waitForEvent('download')
    await user.page.getByRole('button', { name: 'JSON' }).click()
    const file = await (await downloading).path()

    const { page, email } = await app.user()
    await page.getByRole('link', { name: `Account ${email}` }).click()
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByText('Choose a file that is not empty.').waitFor()
    await page.getByLabel('File').setInputFiles(file)
    await page.getByRole('button', { name: 'Check the file' }).click()
    await page.getByText('This would add 2, skip 0 and leave out 0').waitFor()
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByText('Added 2, skipped 0, left out 0').waitFor()
    await shows(page, ['Moves too', 'Moves'])
    await page.getByRole('button', { name: 'Undo the import' }).click()
    await page.getByText('The import was undone').waitFor()
    await page.getByLabel('From').selectOption('Todoist')
    await page.getByRole('button', { name: 'Check the file' }).click()
    await eventually(async () =>
      expect(await page.getByRole('alert').allTextContents()).toContainEqual(expect.stringMatching(/./)),
    )
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByText('No tasks yet').waitFor()
  })

  test('a calendar reads the tasks at an address that is shown once, until it is revoked', async () => {
    const { page, email, rest } = await app.user()
    await rest('POST', '/tasks', { title: 'Dentist', due_date: '2027-03-01' })
    await page.getByRole('link', { name: `Account ${email}` }).click()
    await page.getByRole('button', { name: 'Create an address' }).click()
    const url = (await page.locator('.secret-value').textContent()) ?? ''
    expect(await (await fetch(url)).text()).toContain('SUMMARY:Dentist')
    await page.getByRole('button', { name: 'Done' }).click()
    await page.locator('.secret-value').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Revoke address' }).click()
    await page.getByRole('button', { name: 'Confirm: Revoke address' }).click()
    await page.getByText('The address was revoked').first().waitFor()
    expect((await fetch(url)).status).toBe(404)
  })

  test('a webhook is created, shows its secret once, gets a test, is turned off and deleted', async () => {
    const { page, rest } = await app.user()
    await page.getByRole('link', { name: 'Webhooks' }).click()
    await page.getByLabel('Address').fill('example.com/hook')
    await page.getByRole('button', { name: 'Create webhook' }).click()
    await page.getByText('Enter an address that begins with').waitFor()
    await page.getByLabel('Address').fill('http://127.0.0.1/hook')
    await page.getByRole('button', { name: 'Create webhook' }).click()
    await page.getByText('This address is not allowed').first().waitFor()
    await page.getByLabel('Address').fill('https://hooks.example/tasks')
    await page.getByLabel('Reminders').uncheck()
    await page.getByRole('button', { name: 'Create webhook' }).click()
    await page.getByText('Copy the secret now.').waitFor()
    expect(await page.locator('.secret-value').textContent()).toMatch(/^whsec_/)
    await page.getByRole('button', { name: 'Done' }).click()
    expect(await rest('GET', '/webhooks')).toMatchObject([{ url: 'https://hooks.example/tasks', events: ['change'] }])

    await page.getByRole('button', { name: 'Turn off' }).click()
    await page.getByText('Off · Changes').waitFor()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByText('A test is on its way').waitFor()
    await page.getByRole('button', { name: 'Deliveries to https://hooks.example/tasks' }).click()
    await page.getByText('test', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Delete https://hooks.example/tasks' }).click()
    await page.getByRole('button', { name: 'Confirm: Delete' }).click()
    await page.getByText('No webhooks yet.').waitFor()
    expect(app.consoleErrors).toEqual([])
  })
})

/** The number of rows in every store of this page's databases. */
async function storedRows(): Promise<number> {
  let rows = 0
  for (const { name } of await indexedDB.databases()) {
    const opening = indexedDB.open(name ?? '')
    const database = await new Promise<IDBDatabase>((resolve) => {
      opening.onsuccess = () => resolve(opening.result)
    })
    for (const store of database.objectStoreNames) {
      const counting = database.transaction(store).objectStore(store).count()
      rows += await new Promise<number>((resolve) => {
        counting.onsuccess = () => resolve(counting.result)
      })
    }
    database.close()
  }
  return rows
}
