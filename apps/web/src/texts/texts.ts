import { en } from './en/index.ts'
import { chosenLanguage } from './language.ts'
import type { Table } from './table.ts'

export type Texts = Table<typeof en>

/** The texts of the screens of a signed-in user. Read it while rendering: before that the language is not loaded. */
export let t: Texts = en

/** Loads the texts of the chosen language. English comes with the app; it stays where another cannot be loaded. */
export async function loadTexts(): Promise<void> {
  if (chosenLanguage() !== 'de') return
  const { de } = await import('./de/index.ts')
  t = de
}
