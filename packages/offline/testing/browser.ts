import * as indexedDatabase from 'fake-indexeddb'

/** What the app needs of a page: storage, an address, and the events of a window. */
export interface FakePage {
  readonly storage: Storage
  /** Dispatches an event of the window, such as `storage` with its key. */
  readonly dispatch: (type: string, details?: object) => void
  /** How many listeners the window has. */
  readonly listeners: () => number
}

/** Makes Node's globals those of a page of `origin`. Call it before the app's modules do anything. */
export function openPage(origin = 'http://app.example'): FakePage {
  const storage = storageIn(new Map())
  const listeners = new Set<readonly [string, EventListener]>()
  const address = new URL(`${origin}/`)
  Object.assign(globalThis, {
    ...indexedDatabase,
    location: { origin, href: address.href, hash: '', search: '', pathname: '/' },
    addEventListener: (type: string, listener: EventListener) => listeners.add([type, listener]),
    removeEventListener(type: string, listener: EventListener) {
      for (const entry of listeners) if (entry[0] === type && entry[1] === listener) listeners.delete(entry)
    },
  })
  define('localStorage', storage)
  define('navigator', { onLine: true, languages: ['en'], userAgent: '' })
  return {
    storage,
    listeners: () => listeners.size,
    dispatch(type, details) {
      for (const [listened, listener] of listeners) {
        if (listened === type) listener(Object.assign(new Event(type), details))
      }
    },
  }
}

/** Node has getters of these names. */
function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}

function storageIn(entries: Map<string, string>): Storage {
  return {
    get length() {
      return entries.size
    },
    clear: () => entries.clear(),
    getItem: (key) => entries.get(key) ?? null,
    key: (index) => [...entries.keys()][index] ?? null,
    removeItem: (key) => void entries.delete(key),
    setItem: (key, value) => void entries.set(key, value),
  }
}
