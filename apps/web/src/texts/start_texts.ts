import { start } from './en/start.ts'
import { chosenLanguage } from './language.ts'
import type { Table } from './table.ts'

export type StartTexts = Table<typeof start>

/** The texts of what shows before the app is loaded: the first visit, signing in, connecting an app. */
export let startText: StartTexts = start

/** Loads the texts of the chosen language, and says which it is to the browser. */
export async function loadStartTexts(): Promise<void> {
  const language = chosenLanguage()
  if (language === 'de') startText = (await import('./de/start.ts')).start
  document.documentElement.lang = language
}
