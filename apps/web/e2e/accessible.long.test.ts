import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { auditViews, narrow } from './rig/audit_views.ts'
import { openTestApp, type TestApp } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('every view of the web app', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await openTestApp()
  })
  afterEach(() => app.closeWindows())
  afterAll(() => app.close())

  const windows = [
    { name: 'a wide window', options: {} },
    { name: 'a window of 320 pixels', options: narrow },
    { name: 'a low window of medium width', options: { viewport: { width: 700, height: 400 } } },
  ] as const

  test.each(windows)('axe reports nothing in $name, light or dark, and no view is wider', async ({ options }) => {
    expect(await auditViews(app, options)).toEqual([])
  })
})
