import { expect } from 'vitest'
import type { Locator, Page } from 'playwright-core'

/** Waits until a statement about the page holds. */
export function eventually(statement: () => Promise<void>, timeout = 5000): Promise<void> {
  return expect.poll(() => statement().then(() => true, String), { timeout, interval: 25 }).toBe(true)
}

/** The titles in the list, from the top. */
export function titles(page: Page): Promise<string[]> {
  return page.locator('.list .row-name').allTextContents()
}

export function shows(page: Page, wanted: readonly string[], timeout?: number): Promise<void> {
  return eventually(async () => expect(await titles(page)).toEqual(wanted), timeout)
}

export function box(page: Page, title: string): Locator {
  return page.getByRole('checkbox', { name: `Completed: ${title}`, exact: true })
}

export function row(page: Page, title: string): Locator {
  return page.locator('.row', { has: page.getByText(title, { exact: true }) })
}

export async function add(page: Page, ...tasks: readonly string[]): Promise<void> {
  const field = page.getByLabel('New task')
  for (const title of tasks) {
    await field.fill(title)
    await field.press('Enter')
  }
}

/** All is sent, and the server is heard. */
export function settled(page: Page): Promise<void> {
  return eventually(async () => expect(await page.locator('.standing').textContent()).toBe('Live'))
}
