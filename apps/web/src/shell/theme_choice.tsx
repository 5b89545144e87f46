import { useId } from 'react'
import { prefer, showTheme, theme, usePreference } from './preference.ts'

const names = { system: 'Auto', light: 'Light', dark: 'Dark' } as const

/** Light, dark, or as the system has it. */
export function ThemeChoice() {
  const chosen = usePreference(theme)
  const group = useId()
  return (
    <fieldset className="segments">
      <legend className="hidden">Theme</legend>
      {theme.choices.map((choice) => (
        <label key={choice} className="segment">
          <input
            type="radio"
            name={group}
            checked={chosen === choice}
            onChange={() => {
              prefer(theme, choice)
              showTheme()
            }}
          />
          <span>{names[choice]}</span>
        </label>
      ))}
    </fieldset>
  )
}
