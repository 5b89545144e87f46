import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './rig/chromium.ts'
import { flaws, narrow } from './rig/audit_views.ts'
import { openStage, type Stage } from './rig/test_app.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

describe.skipIf(chromiumPath === undefined)('every view of the web app', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterEach(() => stage.leave())
  afterAll(() => stage.close())

  const windows = [
    { name: 'a wide window by day', options: { colorScheme: 'light' } },
    { name: 'a wide window in the dark', options: { colorScheme: 'dark' } },
    { name: '320 pixels by day', options: { ...narrow, colorScheme: 'light' } },
    { name: 'a low window of middle width', options: { viewport: { width: 700, height: 400 }, colorScheme: 'dark' } },
  ] as const

  test.each(windows)('axe finds nothing in $name, and nothing is wider', async ({ options }) => {
    expect(await flaws(stage, options)).toEqual([])
  })
})
