import { Window } from 'happy-dom'

/** What screens take from the window of their document. */
const NAMES = [
  'document',
  'Element',
  'File',
  'FormData',
  'HTMLElement',
  'HTMLInputElement',
  'MutationObserver',
  'Node',
  'ShadowRoot',
  'cancelAnimationFrame',
  'getComputedStyle',
  'requestAnimationFrame',
]

/** Makes Node's globals those of a new window, and returns its document. */
export function openWindow(): Document {
  const window = new Window()
  Object.assign(globalThis, { window, IS_REACT_ACT_ENVIRONMENT: true })
  for (const name of NAMES) Object.assign(globalThis, { [name]: Reflect.get(window, name) })
  return document
}

// React and the parts of its screens decide when they are loaded whether there is a document.
openWindow()
