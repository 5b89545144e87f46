import type { Texts } from '../texts.ts'

/** The texts of the line that adds a task. What it understands is English everywhere. */
export const quickAdd: Texts['quickAdd'] = {
  newTask: 'Neue Aufgabe',
  example: 'Neue Aufgabe: Miete zahlen tomorrow 5pm #wohnung',
  add: 'Hinzufügen',
  understood: 'Verstanden',
  understoodParts: (parts) => `Verstanden: ${parts}`,
  keepPart: (part, text) => `${part}: „${text}“ als Text behalten`,
  keep: (text) => `„${text}“ als Text behalten`,
  without: (part) => `Ohne ${part}`,
  from: (day) => `, ab ${day}`,
}
