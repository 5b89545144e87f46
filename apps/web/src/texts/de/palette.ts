import type { Texts } from '../texts.ts'

/** The texts of the command palette. */
export const palette: Texts['palette'] = {
  commands: 'Befehle',
  open: 'Befehle (Strg+K)',
  find: 'Aufgabe oder Aktion finden',
  goTo: 'Gehe zu',
  add: (text) => `„${text}“ hinzufügen`,
  added: (title) => `„${title}“ wurde hinzugefügt`,
  plan: (day) => `Fällig: ${day}`,
  priority: (name) => `Priorität: ${name}`,
  theme: (name) => `Design: ${name}`,
}
