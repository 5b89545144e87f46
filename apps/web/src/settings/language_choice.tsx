import { useId } from 'react'
import { preferred, prefer } from '../shell/preference.ts'
import { languageChoice, languageNames } from '../texts/language.ts'
import { t } from '../texts/texts.ts'

/** Chooses the language of the screens in this browser, which shows the page anew. */
export function LanguageChoice() {
  const id = useId()
  return (
    <p className="field">
      <label htmlFor={id}>{t.shell.language}</label>
      <select
        id={id}
        className="input"
        defaultValue={preferred(languageChoice)}
        onChange={({ target: { value } }) => {
          prefer(languageChoice, languageChoice.choices.find((choice) => choice === value) ?? 'auto')
          location.reload()
        }}
      >
        {languageChoice.choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice === 'auto' ? t.shell.autoLanguage : languageNames[choice]}
          </option>
        ))}
      </select>
    </p>
  )
}
