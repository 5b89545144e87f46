import { preferred, type Preference } from '../shell/preference.ts'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

/** The language of the screens: the browser's, or the one that the user chose in it. */
export const languageChoice: Preference<'auto' | Language> = {
  name: 'taskwire.language',
  choices: ['auto', ...languages],
}

/** What the languages call themselves. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' }

/** The language of the screens; English where the browser wants none that there is. */
export function chosenLanguage(): Language {
  if (typeof localStorage === 'undefined') return 'en'
  const chosen = preferred(languageChoice)
  if (chosen !== 'auto') return chosen
  return wantedLanguages().find(isLanguage) ?? 'en'
}

/**
 * The locale of dates, times and numbers: the browser's own, such as en-GB or de-AT. Where the user chose another
 * language than the browser's, that language's.
 */
export function dateLocale(): string | undefined {
  if (typeof localStorage === 'undefined') return undefined
  const chosen = preferred(languageChoice)
  if (chosen === 'auto') return undefined
  return navigator.languages.find((tag) => baseOf(tag) === chosen) ?? chosen
}

function wantedLanguages(): string[] {
  return navigator.languages.map(baseOf)
}

function baseOf(tag: string): string {
  return tag.split('-', 1)[0]?.toLowerCase() ?? ''
}

function isLanguage(base: string): base is Language {
  return languages.some((language) => language === base)
}
