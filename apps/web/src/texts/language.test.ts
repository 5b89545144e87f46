import { beforeEach, expect, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import { chosenLanguage, dateLocale, languageChoice } from './language.ts'
import { numberText } from './number_text.ts'
import { prefer } from '../shell/preference.ts'
import { loadStartTexts, startText } from './start_texts.ts'
import { loadTexts, t } from './texts.ts'
import { weekdayNames } from './weekday_names.ts'

const speak = (...languages: string[]) => Object.assign(navigator, { languages })

beforeEach(() => void openPage())

test.each([
  [['de-AT', 'en'], 'de'],
  [['en-GB', 'de'], 'en'],
  [['fr', 'DE'], 'de'],
  [['fr', 'deu'], 'en'],
  [[], 'en'],
])('a browser that wants %j is shown %s', (languages, language) => {
  speak(...languages)
  expect(chosenLanguage()).toBe(language)
  // The dates are those of the browser, also where the screens cannot be.
  expect(dateLocale()).toBeUndefined()
})

test('a language that the user chose is shown, with the dates that the browser knows for it', () => {
  speak('en-US', 'de-CH', 'de')
  prefer(languageChoice, 'de')
  expect([chosenLanguage(), dateLocale()]).toEqual(['de', 'de-CH'])
  speak('en-US')
  expect(dateLocale()).toBe('de')
  localStorage.setItem('taskwire.language', 'fr')
  expect([chosenLanguage(), dateLocale()]).toEqual(['en', undefined])
})

test('numbers and weekdays are written as that locale does, from Monday on', () => {
  prefer(languageChoice, 'de')
  expect([numberText(1234.5), weekdayNames('short').join(' ')]).toEqual(['1.234,5', 'Mo Di Mi Do Fr Sa So'])
  prefer(languageChoice, 'en')
  expect([numberText(1234.5), weekdayNames('long').at(0), weekdayNames('long').at(-1)]).toEqual([
    '1,234.5',
    'Monday',
    'Sunday',
  ])
})

test('the texts of the chosen language are loaded, and the browser is told which it is', async () => {
  const documentElement = { lang: '' }
  Object.assign(globalThis, { document: { documentElement } })
  await loadStartTexts()
  await loadTexts()
  expect([documentElement.lang, startText.signIn, t.keys.done]).toEqual(['en', 'Sign in', 'Done'])
  prefer(languageChoice, 'de')
  await loadStartTexts()
  await loadTexts()
  expect([documentElement.lang, startText.signIn, t.keys.done]).toEqual(['de', 'Anmelden', 'Fertig'])
})
