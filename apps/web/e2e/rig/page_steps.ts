import { expect } from 'vitest'
import type { CDPSession, Locator, Page } from 'playwright-core'
import { readStore } from './stored_data.ts'
import { MAX_WAIT_MS } from './wait_limit.ts'
import type { TestUser } from './test_app.ts'

/** Waits until `assertion` passes. */
export function eventually(assertion: () => Promise<void>, timeout = MAX_WAIT_MS): Promise<void> {
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

/** Does something to a task by its row: by the button for it, or in the row's menu where the window is narrow. */
export async function rowAction(page: Page, action: 'Select' | 'Delete', title: string): Promise<void> {
  const button = page.getByRole('button', { name: `${action} ${title}` })
  if (await button.isVisible()) return button.click()
  await page.getByRole('button', { name: `More for ${title}` }).click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}

/** The history of a task: beside the list of a wide window, over that of a narrow one. */
export function historyPanel(page: Page): Locator {
  return page.getByRole('dialog', { name: 'History' }).or(page.getByRole('complementary', { name: 'History' }))
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

/**
 * Switches the network of all tabs of a browser off or on. On a machine without a network the browser would send no
 * event.
 */
export async function setOffline({ context }: Pick<TestUser, 'context'>, offline: boolean): Promise<void> {
  await context.setOffline(offline)
  const event = offline ? 'offline' : 'online'
  await Promise.all(context.pages().map((page) => page.evaluate((name) => dispatchEvent(new Event(name)), event)))
}

/** Waits until the page can be loaded again without a network, and then shows what it shows now. */
export async function opensOffline(page: Page): Promise<void> {
  await eventually(async () =>
    expect(await page.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => active?.state))).toBe(
      'activated',
    ),
  )
  // Tasks are stored a moment after they are shown.
  await eventually(async () => expect(await storedTitles(page)).toEqual(await titles(page)))
}

/** The titles of the stored tasks that are open, from the top. */
async function storedTitles(page: Page): Promise<unknown[]> {
  const tasks = (await readStore(page, 'task')).filter(({ completed }) => completed === false)
  return tasks.toSorted((a, b) => (String(a['position']) < String(b['position']) ? -1 : 1)).map(({ title }) => title)
}

/** Clicks as somebody does who does not let go at once: `meanwhile` runs between the press and the release. */
export async function clickSlowly(page: Page, target: Locator, meanwhile: () => Promise<void>): Promise<void> {
  await target.hover()
  await page.mouse.down()
  await meanwhile()
  await page.mouse.up()
}

/** Drags one row to just below another, with the mouse, or through `touch` with a finger. */
export async function dragRow(page: Page, title: string, below: string, touch?: CDPSession): Promise<void> {
  const [from, to] = [await middleOf(page, title), await middleOf(page, below)]
  const end = { x: from.x, y: to.y + (from.y < to.y ? 16 : 28) }
  if (touch === undefined) {
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move(from.x, from.y + 12, { steps: 3 })
    await page.locator('.item[data-dragging]').waitFor()
    await page.mouse.move(end.x, end.y, { steps: 6 })
    return page.mouse.up()
  }
  await touchAt(touch, 'touchStart', from)
  await page.locator('.item[data-dragging]').waitFor()
  await touchAt(touch, 'touchMove', end)
  await touchAt(touch, 'touchEnd')
}

/** Swipes a row aside with a finger, by so many pixels: to the right, or to the left if negative. */
export async function swipeRow(page: Page, touch: CDPSession, title: string, pixels: number): Promise<void> {
  const from = await middleOf(page, title)
  const moves = [1, 2, 3, 4, 5].map((step) => ({ x: from.x + (pixels * step) / 5, y: from.y }))
  // All are sent before the first is answered: on a slow machine the finger would rest, and begin to drag.
  await Promise.all([
    touchAt(touch, 'touchStart', from),
    ...moves.map((point) => touchAt(touch, 'touchMove', point)),
    touchAt(touch, 'touchEnd'),
  ])
}

type TouchType = 'touchStart' | 'touchMove' | 'touchEnd'

async function touchAt(
  touch: CDPSession,
  type: TouchType,
  point?: { readonly x: number; readonly y: number },
): Promise<void> {
  await touch.send('Input.dispatchTouchEvent', { type, touchPoints: point === undefined ? [] : [point] })
}

async function middleOf(page: Page, title: string): Promise<{ x: number; y: number }> {
  const name = page.locator('.row-name', { hasText: new RegExp(`^${title}$`) })
  await name.waitFor()
  // Rows that close up are still on their way.
  await page.locator('.list:not([data-settling])').waitFor()
  const shape = await name.boundingBox()
  if (shape === null) throw new Error(`“${title}” is not shown`)
  return { x: shape.x + Math.min(40, shape.width / 2), y: shape.y + shape.height / 2 }
}
