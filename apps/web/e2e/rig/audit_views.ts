import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Stage } from './test_app.ts'
import { doorViews, views } from './views.ts'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe says against a page as it stands. */
async function violations(page: Page): Promise<unknown[]> {
  // Colours are judged when nothing fades any more.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
  )
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(axe, 'utf8'))
  const { violations: found } = await page.evaluate<AxeResults>(`axe.run({ runOnly: ${JSON.stringify(rules)} })`)
  return found.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)])
}

/** Walks through every view, and tells of those that axe says something against or that are wider than the window. */
export async function flaws(stage: Stage, options: BrowserContextOptions): Promise<unknown[]> {
  const found: unknown[] = []
  async function look(page: Page, name: string): Promise<void> {
    const said = await violations(page)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (said.length > 0 || over > 0) found.push({ name, over, said })
  }
  const door = await stage.visitor({ ...options, reducedMotion: 'reduce' })
  for (const { name, show } of doorViews) {
    await show(door)
    await look(door, name)
  }
  const person = await stage.person({ ...options, reducedMotion: 'reduce' })
  await look(person.page, 'empty')
  for (const { name, show } of views) {
    await show(person)
    await look(person.page, name)
  }
  return found
}

/** The smallest window that there is, touched by fingers. */
export const narrow: BrowserContextOptions = { viewport: { width: 320, height: 640 }, hasTouch: true }
