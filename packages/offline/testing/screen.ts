import { openWindow } from './window.ts'
import { act, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'

/** A component of React in a document of its own, without a browser. Nothing of it has a size or a place. */
export interface RenderedScreen {
  readonly document: Document
  /** All text that shows. */
  readonly text: () => string
  /** The buttons that show, each by its accessible name. */
  readonly buttons: () => string[]
  /** The first element of a selector; it must be there. */
  readonly find: <Found extends HTMLElement = HTMLElement>(selector: string) => Found
  /** Clicks the first button of this name or what a selector finds, and lets React carry out what comes of it. */
  readonly click: (name: string) => Promise<void>
  readonly submit: (values?: Readonly<Record<string, string>>) => Promise<void>
  /** Lets React carry out what `work` has changed. */
  readonly act: (work?: () => unknown) => Promise<void>
  readonly unmount: () => void
}

/** Renders a component. Call it after `openPage`: it adds a document. */
export async function renderScreen(screen: ReactNode): Promise<RenderedScreen> {
  const document = openWindow()
  const container = document.body.appendChild(document.createElement('main'))
  const root = createRoot(container)
  await settle(() => root.render(screen))

  const buttons = () => [...document.querySelectorAll('button')]
  function find<Found extends HTMLElement>(selector: string): Found {
    const found = document.querySelector<Found>(selector)
    if (found === null) throw new Error(`nothing is ${selector} in ${document.body.innerHTML}`)
    return found
  }
  return {
    document,
    text: () => document.body.textContent,
    buttons: () => buttons().map(nameOf),
    find,
    click: (name) => settle(() => (buttons().find((button) => nameOf(button) === name) ?? find(name)).click()),
    submit(values = {}) {
      for (const [name, value] of Object.entries(values)) find<HTMLInputElement>(`[name="${name}"]`).value = value
      return settle(() => find<HTMLFormElement>('form').requestSubmit())
    },
    act: settle,
    unmount: () => act(() => root.unmount()),
  }
}

function settle(work: () => unknown = () => {}): Promise<void> {
  return act(async () => {
    await work()
    // All that was resolved by then has taken effect.
    await new Promise(setImmediate)
  })
}

function nameOf(button: HTMLElement): string {
  return button.getAttribute('aria-label') ?? button.textContent
}
