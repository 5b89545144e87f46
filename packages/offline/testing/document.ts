import { Window } from 'happy-dom'
import { act, type ReactNode } from 'react'
import { openPage, type FakePage } from './browser.ts'

/** A document without a browser, in which components are rendered and used. It computes no layout. */
export interface FakeDocument {
  readonly page: FakePage
  readonly body: HTMLElement
  /** The first element of a selector. Fails where none is shown. */
  readonly find: <Found extends HTMLElement = HTMLElement>(selector: string) => Found
  readonly render: (element: ReactNode) => Promise<void>
  /** Lets React carry out what `work` has changed. */
  readonly act: (work: () => unknown) => Promise<void>
  readonly click: (selector: string) => Promise<void>
  /** Enters a text into a field, or chooses an option. */
  readonly enter: (selector: string, value: string) => Promise<void>
  /** Presses a key in an element. Resolves to whether the key was left to the browser. */
  readonly press: (selector: string, key: string, details?: KeyboardEventInit) => Promise<boolean>
  /** Dispatches an event with these details at an element. */
  readonly dispatch: (target: EventTarget, type: string, details?: object) => Promise<void>
  /** How many listeners the window has. */
  readonly listeners: () => number
  readonly unmount: () => Promise<void>
}

/** What the app uses of a window, besides what `openPage` adds. */
const NAMES = [
  'document',
  'Node',
  'Element',
  'HTMLElement',
  'HTMLButtonElement',
  'HTMLInputElement',
  'HTMLSelectElement',
  'HTMLTextAreaElement',
  'FormData',
] as const

/** Makes Node's globals those of an empty page, of which nothing is shown yet. */
export async function openDocument(): Promise<FakeDocument> {
  const page = openPage()
  const window = new Window({ url: location.href })
  const listening = new Set<readonly [string, unknown]>()
  Object.assign(globalThis, Object.fromEntries(NAMES.map((name) => [name, window[name]])), {
    window,
    IS_REACT_ACT_ENVIRONMENT: true,
    scrollY: 0,
    innerHeight: window.innerHeight,
    getSelection: () => '',
    matchMedia: (query: string) => window.matchMedia(query),
    requestAnimationFrame: (work: () => void) => setTimeout(work, 16),
    cancelAnimationFrame: (frame: ReturnType<typeof setTimeout>) => clearTimeout(frame),
    history: { state: null, replaceState: (_state: unknown, _title: string, to: string) => (location.hash = to) },
    addEventListener(type: string, listener: never, options?: { readonly signal?: AbortSignal }) {
      const entry = [type, listener] as const
      listening.add(entry)
      options?.signal?.addEventListener('abort', () => listening.delete(entry))
      window.addEventListener(type, listener, options as never)
    },
    removeEventListener(type: string, listener: never) {
      for (const entry of listening) if (entry[0] === type && entry[1] === listener) listening.delete(entry)
      window.removeEventListener(type, listener)
    },
  })
  // React looks at the window when it is loaded, to learn of which events fields tell.
  const { createRoot } = await import('react-dom/client')
  const container = document.createElement('div')
  document.body.append(container)
  const root = createRoot(container)

  function dispatch(target: EventTarget, type: string, details: object = {}): Promise<void> {
    const event = new window.Event(type, { bubbles: true, cancelable: true })
    return perform(() => target.dispatchEvent(Object.assign(event, details) as unknown as Event))
  }

  return {
    page,
    body: document.body,
    find,
    render: (element) => perform(() => root.render(element)),
    act: perform,
    click: (selector) => perform(() => find(selector).click()),
    async enter(selector, value) {
      const field = find(selector)
      // React sees what differs from the value that it has set itself.
      Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, value)
      await dispatch(field, field instanceof HTMLSelectElement ? 'change' : 'input')
    },
    async press(selector, key, details) {
      const event = new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...details } as object)
      await perform(() => find(selector).dispatchEvent(event as unknown as Event))
      return !event.defaultPrevented
    },
    dispatch,
    listeners: () => listening.size,
    unmount: () => perform(() => root.unmount()),
  }
}

function perform(work: () => unknown): Promise<void> {
  return act(async () => void (await work()))
}

function find<Found extends HTMLElement>(selector: string): Found {
  const found = document.querySelector<Found>(selector)
  if (found === null) throw new Error(`nothing is shown as ${selector} in ${document.body.innerHTML}`)
  return found
}
