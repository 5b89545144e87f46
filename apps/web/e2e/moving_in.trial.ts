import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { hashPassword } from 'better-auth/crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OLD_SERVICES } from '../../server/testing/old_service/old_services.ts'
import { shows, titles, unfold } from './rig/page_steps.ts'
import { openTestApp, PASSWORD, type TestApp } from './rig/test_app.ts'

const command = fileURLToPath(new URL('../../server/src/process/import_command.ts', import.meta.url))

describe.each(OLD_SERVICES)('after moving in from $title', ({ schema, pending, completed, flags = [] }) => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
    await app.database.pool.query(schema.replaceAll('$hash$', `'${await hashPassword(PASSWORD)}'`))
    const env = { PATH: process.env['PATH'], DATABASE_URL: app.database.url }
    await promisify(execFile)(process.execPath, [command, ...flags], { env })
  })
  afterAll(() => app.close())

  test('a user signs in to the web app with the old password and sees the old tasks', async () => {
    const page = await app.visitor()
    await page.goto(`${app.server.url}/#/all`)
    await page.getByLabel('Email').fill('ann@example.com')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await shows(page, pending)
    if (completed.length > 0) {
      await unfold(page)
      await shows(page, [...pending, ...completed])
    }
    expect(await titles(page)).toEqual([...pending, ...completed])
    expect(app.consoleErrors).toEqual([])
  })
})
