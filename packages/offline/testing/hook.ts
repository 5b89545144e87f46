import { Window } from 'happy-dom'
import { act, createElement, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'

/** A hook of React in a component of its own, without a browser. */
export interface RenderedHook<Props, Result> {
  /** What it returned last. */
  readonly current: () => Result
  readonly render: (props: Props) => void
  /** Lets React carry out what `work` has changed. */
  readonly act: (work: () => unknown) => Promise<void>
  readonly unmount: () => void
}

/** Renders a hook, in what `wrap` puts around it. Call it after `openPage`: it adds a document. */
export function renderHook<Props, Result>(
  use: (props: Props) => Result,
  props: NoInfer<Props>,
  wrap: (child: ReactNode) => ReactNode = (child) => child,
): RenderedHook<Props, Result> {
  const window = new Window()
  Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true })
  const results: Result[] = []
  function Component({ given }: { readonly given: Props }) {
    results.push(use(given))
    return null
  }
  const root = createRoot(window.document.createElement('main') as unknown as Element)
  const render = (given: Props) => act(() => root.render(wrap(createElement(Component, { given }))))
  render(props)
  return {
    current() {
      const result = results.at(-1)
      if (results.length === 0) throw new Error('the hook was not rendered')
      return result as Result
    },
    render,
    act: (work) => act(async () => void (await work())),
    unmount: () => act(() => root.unmount()),
  }
}
