import { useId } from 'react'
import { prefer, applyTheme, theme, usePreference } from './preference.ts'
import { t } from '../texts/texts.ts'

/** Chooses the light theme, the dark one, or the system's. */
export function ThemeChoice() {
  const chosen = usePreference(theme)
  const group = useId()
  return (
    <fieldset className="segments">
      <legend className="hidden">{t.shell.theme}</legend>
      {theme.choices.map((choice) => (
        <label key={choice} className="segment">
          <input
            type="radio"
            name={group}
            checked={chosen === choice}
            onChange={() => {
              prefer(theme, choice)
              applyTheme()
            }}
          />
          <span>{t.shell.themes[choice]}</span>
        </label>
      ))}
    </fieldset>
  )
}
