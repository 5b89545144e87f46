import type { Texts } from '../texts.ts'

/** The texts of what can be done to a task: its menu, swipes, dragging, and what messages say then. */
export const actions: Texts['actions'] = {
  moreFor: (title) => `Mehr zu ${title}`,
  moreKey: 'Mehr (m)',
  menuOf: (title) => `Aktionen für ${title}`,
  complete: 'Erledigen',
  reopen: 'Wieder öffnen',
  skip: 'Zum nächsten Tag springen',
  edit: 'Bearbeiten',
  select: 'Auswählen',
  plan: 'Planen',
  due: 'Fällig',
  anotherDay: 'Anderer Tag …',
  priority: 'Priorität',
  order: 'Reihenfolge',
  moves: { up: 'Nach oben', down: 'Nach unten', first: 'Ganz nach oben', last: 'Ganz nach unten' },
  movedTo: (title, place, count) => `„${title}“ ist an Stelle ${place} von ${count}`,
  sortToMove: 'Sortiere die Liste nach „Eigene Reihenfolge“, um Aufgaben zu verschieben',
  noNextDay: (title) => `„${title}“ wiederholt sich nach diesem Tag nicht mehr`,
  isDue: (title, due) => `„${title}“ ist fällig: ${due}`,
  noDate: (title) => `„${title}“ hat jetzt kein Datum`,
  hasPriority: (title, priority) => `„${title}“ hat jetzt Priorität ${priority}`,
  noPriority: (title) => `„${title}“ hat jetzt keine Priorität`,
}
