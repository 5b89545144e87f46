import { prefer } from '../shell/preference.ts'
import { chosenLanguage, languageChoice, languageNames, languages } from '../texts/language.ts'

/** The other languages of the page, each by its own name. */
export function LanguageLinks() {
  return languages
    .filter((language) => language !== chosenLanguage())
    .map((language) => (
      <button
        key={language}
        type="button"
        className="link"
        lang={language}
        onClick={() => {
          prefer(languageChoice, language)
          location.reload()
        }}
      >
        {languageNames[language]}
      </button>
    ))
}
