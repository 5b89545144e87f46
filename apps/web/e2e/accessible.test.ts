import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, NO_CHROMIUM } from './chromium.ts'
import { box, eventually, settled, shows, titles } from './see.ts'
import { openStage, PASSWORD, type Stage } from './stage.ts'
import { views } from './views.ts'

if (chromiumPath === undefined) console.warn(NO_CHROMIUM)

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

describe.skipIf(chromiumPath === undefined)('the web app for everybody', () => {
  let stage: Stage
  let source: string
  beforeAll(async () => {
    stage = await openStage()
    source = await readFile(axe, 'utf8')
  })
  afterEach(() => stage.leave())
  afterAll(() => stage.close())

  async function violations(page: Page, rules: readonly string[]): Promise<unknown[]> {
    // Colours are judged when nothing fades any more.
    await page.evaluate(() =>
      Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
    )
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source)
    const { violations: found } = await page.evaluate<AxeResults>(`axe.run({ runOnly: ${JSON.stringify(rules)} })`)
    return found.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)])
  }

  test('axe finds nothing in any view', { timeout: 60_000 }, async () => {
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    const door = await stage.visitor({ reducedMotion: 'reduce' })
    await door.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await violations(door, rules)).toEqual([])
    const person = await stage.person({ reducedMotion: 'reduce' })
    expect(await violations(person.page, rules)).toEqual([])
    for (const { name, show } of views) {
      await show(person)
      expect([name, await violations(person.page, rules)]).toEqual([name, []])
    }
  })

  test(
    'in the dark and at 320 pixels every text has its contrast, and nothing is wider than the window',
    { timeout: 60_000 },
    async () => {
      const look = { viewport: { width: 320, height: 640 }, hasTouch: true, reducedMotion: 'reduce' } as const
      const door = await stage.visitor({ ...look, colorScheme: 'dark' })
      await door.getByRole('heading', { name: 'Sign in' }).waitFor()
      expect(await violations(door, ['color-contrast'])).toEqual([])
      const person = await stage.person({ ...look, colorScheme: 'dark' })
      for (const { name, show } of views) {
        await show(person)
        const width = await person.page.evaluate(() => document.documentElement.scrollWidth)
        expect([name, width, await violations(person.page, ['color-contrast'])]).toEqual([name, 320, []])
      }
    },
  )

  test('everything is done by keyboard alone', async () => {
    const page = await stage.visitor()
    const keys = async (...pressed: string[]) => {
      for (const key of pressed) await page.keyboard.press(key)
    }
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await keys('Tab', 'Tab', 'Tab', 'Tab', 'Enter')
    await page.getByRole('heading', { name: 'Create your account' }).waitFor()
    await page.getByLabel('Name').focus()
    await page.keyboard.type('Keys')
    await keys('Tab')
    await page.keyboard.type('keys@example.com')
    await keys('Tab')
    await page.keyboard.type(PASSWORD)
    await keys('Enter')
    await page.getByText('Nothing here yet').waitFor()

    await keys('n')
    for (const title of ['First', 'Second', 'Third']) {
      await page.keyboard.type(title)
      await keys('Enter')
    }
    await shows(page, ['Third', 'Second', 'First'])
    await settled(page)
    await keys('Tab', 'Tab', 'Tab', 'Space')
    await eventually(async () => expect(await box(page, 'Third').isChecked()).toBe(true))
    await keys('ArrowDown', 'x')
    await eventually(async () => expect(await box(page, 'Second').isChecked()).toBe(true))
    await keys('ArrowDown', 'e')
    await page.getByLabel('Title').waitFor()
    await keys('Control+a')
    await page.keyboard.type('First, changed')
    await keys('Enter')
    await shows(page, ['Third', 'Second', 'First, changed'])
    expect(await focused(page)).toContain('First, changed')
    await keys('Home', 'Delete')
    await shows(page, ['Second', 'First, changed'])
    await eventually(async () => expect(await focused(page)).toContain('Second'))
    await settled(page)
    await keys('Control+z')
    await shows(page, ['Third', 'Second', 'First, changed'])

    await keys('h')
    await page.getByRole('dialog', { name: 'History' }).waitFor()
    await keys('Escape')
    await page.getByRole('dialog', { name: 'History' }).waitFor({ state: 'detached' })
    await keys('?')
    await page.getByRole('dialog', { name: 'Keyboard help' }).waitFor()
    await keys('Escape')
    await page.getByRole('dialog', { name: 'Keyboard help' }).waitFor({ state: 'detached' })
    await keys('2')
    await shows(page, ['First, changed'])
    await keys('1', '/')
    await page.keyboard.type('sec')
    await shows(page, ['Second'])
    await keys('Escape')
    await eventually(async () => expect(await titles(page)).toHaveLength(3))
  })

  test('single letters do nothing once that is switched off', async () => {
    const { page } = await stage.person()
    await page.getByRole('link', { name: 'Keyboard help' }).click()
    await page.getByLabel('Single letters are shortcuts').uncheck()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('2')
    await page.keyboard.press('n')
    expect(await page.title()).toBe('All tasks · Taskwire')
    expect(await focused(page)).not.toContain('New task')
  })
})

/** What the element that has the focus is called. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    return `${element?.getAttribute('aria-label') ?? ''} ${element?.textContent ?? ''}`
  })
}
