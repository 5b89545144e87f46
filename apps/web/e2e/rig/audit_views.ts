import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { TestApp } from './test_app.ts'
import { signedOutViews, views } from './views.ts'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** The violations that axe finds in the page. */
export async function findViolations(page: Page): Promise<unknown[]> {
  // Colours must not be measured during an animation.
  await page.evaluate(() =>
    Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))),
  )
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(axe, 'utf8'))
  const { violations } = await page.evaluate<AxeResults>(`axe.run({ runOnly: ${JSON.stringify(rules)} })`)
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`)])
}

/** The controls that a finger can hardly hit: smaller than 44 pixels in one direction, unless they stand within a text. */
export function findSmallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const controls = 'a[href], button, input, select, textarea, [role=option], [role=menuitem]'
    return [...document.querySelectorAll(controls)]
      .filter(
        (element) =>
          element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
          element.closest('[inert], [aria-hidden=true], .skip, .formatted, .summary, p, dd') === null,
      )
      .flatMap((element) => {
        const label = element instanceof HTMLInputElement ? element.labels?.[0] : null
        const inside = label?.contains(element) === true ? label : element
        const { width, height } = inside.getBoundingClientRect()
        // Half a pixel may be lost where the browser rounds.
        const isSmall = width > 1 && Math.min(width, height) < 43.5
        return isSmall ? [`${Math.round(width)} x ${Math.round(height)}: ${element.outerHTML.slice(0, 120)}`] : []
      })
  })
}

/**
 * Opens every view and returns those that violate a rule of axe in the light or the dark scheme, are wider than the window,
 * or too small for fingers.
 */
export async function auditViews(app: TestApp, options: BrowserContextOptions): Promise<unknown[]> {
  const found: unknown[] = []
  async function audit(page: Page, name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const violations = await findViolations(page)
      if (violations.length > 0) found.push({ name, colorScheme, violations })
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    const small = options.hasTouch === true ? await findSmallTargets(page) : []
    if (small.length > 0 || overflow > 0) found.push({ name, overflow, small })
  }
  const visitor = await app.visitor({ ...options, reducedMotion: 'reduce' })
  for (const { name, show } of signedOutViews) {
    await show(visitor)
    await audit(visitor, name)
  }
  const user = await app.user({ ...options, reducedMotion: 'reduce' })
  await audit(user.page, 'empty')
  for (const { name, show } of views) {
    await show(user)
    await audit(user.page, name)
  }
  return found
}

/** The smallest supported window, on a touch screen. */
export const narrow: BrowserContextOptions = { viewport: { width: 320, height: 640 }, hasTouch: true }
