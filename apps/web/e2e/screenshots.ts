import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { openStage, type Stage } from './rig/test_app.ts'
import { doorViews, views } from './rig/views.ts'

const folder = fileURLToPath(new URL('../../../docs/screenshots/', import.meta.url))
const sizes = { wide: { width: 1240, height: 760 }, narrow: { width: 320, height: 640 } }

let stage: Stage
beforeAll(async () => {
  await mkdir(folder, { recursive: true })
  stage = await openStage()
})
afterAll(() => stage.close())

const kinds = (['wide', 'narrow'] as const).flatMap((size) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ size, colorScheme })),
)

test.each(kinds)('every view, $size and $colorScheme', async ({ size, colorScheme }) => {
  const look = { viewport: sizes[size], colorScheme, reducedMotion: 'reduce', hasTouch: size === 'narrow' } as const
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: `${folder}${name}-${size}-${colorScheme}.jpg`, type: 'jpeg', quality: 72 })
  const door = await stage.visitor(look)
  for (const { name, show } of doorViews) {
    await show(door)
    await picture(door, name)
  }
  const person = await stage.person(look)
  await picture(person.page, 'empty')
  for (const { name, show } of views) {
    await show(person)
    await person.page.waitForTimeout(200)
    await picture(person.page, name)
  }
})
