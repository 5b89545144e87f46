import { expect } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import type { Person } from './test_app.ts'

/** Waits until a statement about the page isStillValid. */
export function eventually(statement: () => Promise<void>, timeout = 15_000): Promise<void> {
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

/** What the element that has the focus is called. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : []
    const label = element?.getAttribute('aria-label') ?? labels.map(({ textContent }) => textContent).join(' ')
    return `${label} ${element?.textContent ?? ''}`
  })
}

/** Presses Tab until what has the focus is called like this. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed++) {
    await page.keyboard.press('Tab')
    const now = (await focused(page)).trim()
    if (typeof name === 'string' ? now === name : name.test(now)) return
  }
  throw new Error(`Tab does not lead to ${String(name)}`)
}

/** Takes a browser off the network, or back. Where the machine has none at all the browser has no change to tell. */
export async function setOffline({ context, page }: Pick<Person, 'context' | 'page'>, offline: boolean): Promise<void> {
  await context.setOffline(offline)
  await page.evaluate((name) => dispatchEvent(new Event(name)), offline ? 'offline' : 'online')
}
