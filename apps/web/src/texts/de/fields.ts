import type { Texts } from '../texts.ts'
import { ruleText } from './rule_text.ts'

/** The names of a task's fields, and their values in words. */
export const fields: Texts['fields'] = {
  labels: {
    title: 'Titel',
    description: 'Beschreibung',
    completed: 'Status',
    priority: 'Priorität',
    tags: 'Tags',
    due_date: 'Fällig am',
    due_time: 'Fällig um',
    due_zone: 'Zeitzone',
    start_date: 'Beginnt am',
    reminders: 'Erinnerungen',
    recurrence: 'Wiederholung',
    checklist: 'Checkliste',
  },
  unknown: (name) => `Feld „${name}“`,
  completed: 'Erledigt',
  pending: 'Offen',
  priority: { high: 'Hoch', medium: 'Mittel', low: 'Niedrig', none: 'Keine' },
  priorityLabel: {
    high: 'Hohe Priorität',
    medium: 'Mittlere Priorität',
    low: 'Niedrige Priorität',
    none: 'Keine Priorität',
  },
  none: 'Keine Angabe',
  yes: 'Ja',
  no: 'Nein',
  doesNotRepeat: 'Wiederholt sich nicht',
  rule: ruleText,
  fromCompletion: (rule) => `${rule}, gezählt ab dem Erledigen`,
  whenDue: 'bei Fälligkeit',
  before: (duration) => `${duration} vorher`,
  weeks: (count) => (count === 1 ? '1 Woche' : `${count} Wochen`),
  days: (count) => (count === 1 ? '1 Tag' : `${count} Tage`),
  hours: (count) => (count === 1 ? '1 Stunde' : `${count} Stunden`),
  minutes: (count) => (count === 1 ? '1 Minute' : `${count} Minuten`),
}
