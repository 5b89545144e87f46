import { expect } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import type { TestUser } from './test_app.ts'

/** Waits until `assertion` passes. */
export function eventually(assertion: () => Promise<void>, timeout = 40_000): Promise<void> {
  return expect.poll(() => assertion().then(() => true, String), { timeout, interval: 25 }).toBe(true)
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

/** Shows the completed tasks below the pending ones. */
export async function unfold(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Completed', expanded: false }).click()
}

/** Waits until every write is sent and the connection is live. */
export function synced(page: Page): Promise<void> {
  return eventually(async () => expect(await page.locator('.connection').textContent()).toBe('Live'))
}

/** The label and text of the focused element. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : []
    const label = element?.getAttribute('aria-label') ?? labels.map(({ textContent }) => textContent).join(' ')
    return `${label} ${element?.textContent ?? ''}`
  })
}

/** Presses Tab until the focused element has this label or text. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed++) {
    await page.keyboard.press('Tab')
    const now = (await focused(page)).trim()
    if (typeof name === 'string' ? now === name : name.test(now)) return
  }
  throw new Error(`Tab does not lead to ${String(name)}`)
}

/** Switches the network of a browser off or on. On a machine without a network the browser would send no event. */
export async function setOffline(
  { context, page }: Pick<TestUser, 'context' | 'page'>,
  offline: boolean,
): Promise<void> {
  await context.setOffline(offline)
  await page.evaluate((name) => dispatchEvent(new Event(name)), offline ? 'offline' : 'online')
}
