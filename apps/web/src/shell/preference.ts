import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()

/** A choice that this browser stores: one of a few names, the first by default. */
export interface Preference<Choice extends string> {
  readonly name: string
  readonly choices: readonly [Choice, ...Choice[]]
}

export const theme: Preference<'system' | 'light' | 'dark'> = {
  name: 'taskwire.theme',
  choices: ['system', 'light', 'dark'],
}
export const singleKeys: Preference<'on' | 'off'> = { name: 'taskwire.single-keys', choices: ['on', 'off'] }

export function preferred<Choice extends string>({ name, choices }: Preference<Choice>): Choice {
  const stored = localStorage.getItem(name)
  return choices.find((choice) => choice === stored) ?? choices[0]
}

export function prefer<Choice extends string>({ name }: Preference<Choice>, choice: Choice): void {
  localStorage.setItem(name, choice)
  for (const listener of listeners) listener()
}

export function usePreference<Choice extends string>(preference: Preference<Choice>): Choice {
  return useSyncExternalStore(subscribeToPreferences, () => preferred(preference))
}

/** Calls a listener when a preference may have changed, here or in another tab. Returns how to end that. */
export function subscribeToPreferences(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('storage', listener)
  }
}

/** Applies the chosen theme to the page. */
export function applyTheme(): void {
  const chosen = preferred(theme)
  if (chosen === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = chosen
  // The bar of the browser follows, be the system's theme another one.
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const system = meta.media.includes('dark') ? 'dark' : 'light'
    meta.content = barColors[chosen === 'system' ? system : chosen]
  }
}

/** Those of `--surface`. */
const barColors = { light: '#ffffff', dark: '#161a1f' } as const
