import type { Texts } from '../texts.ts'

/** The messages about what was done, and what went wrong. */
export const messages: Texts['messages'] = {
  newVersion: 'Eine neue Fassung von Taskwire ist bereit',
  reload: 'Neu laden',
  undo: 'Rückgängig',
  show: 'Anzeigen',
  theTask: 'Die Aufgabe',
  one: {
    deleted: (title) => `„${title}“ ist jetzt im Papierkorb`,
    completed: (title) => `„${title}“ ist erledigt`,
    changed: (title) => `„${title}“ wurde geändert`,
  },
  many: {
    deleted: (count) => `${count} Aufgaben sind jetzt im Papierkorb`,
    completed: (count) => `${count} Aufgaben sind erledigt`,
    changed: (count) => `${count} Aufgaben wurden geändert`,
  },
  undone: {
    done: 'Rückgängig gemacht',
    removed: (title) => `Rückgängig gemacht: „${title}“ wurde entfernt`,
    restored: (title) => `Rückgängig gemacht: „${title}“ ist wieder da`,
    pending: (title) => `Rückgängig gemacht: „${title}“ ist wieder offen`,
    completed: (title) => `Rückgängig gemacht: „${title}“ ist wieder erledigt`,
    backOnDay: (title) => `Rückgängig gemacht: „${title}“ ist wieder an ihrem Tag`,
    backInPlace: (title) => `Rückgängig gemacht: „${title}“ ist wieder an ihrer Stelle`,
    asBefore: (title) => `Rückgängig gemacht: „${title}“ ist wie vorher`,
    many: (count) => `Rückgängig gemacht: ${count} Aufgaben sind wie vorher`,
  },
  nothingToUndo: 'Nichts rückgängig zu machen',
  redone: 'Wiederholt',
  nothingToRedo: 'Nichts zu wiederholen',
  hidden: {
    added: (title) => `„${title}“ wurde hinzugefügt. Diese Ansicht zeigt sie nicht`,
    saved: (title) => `„${title}“ wurde gespeichert. Diese Ansicht zeigt sie nicht`,
  },
  unsaved: (title) => `Du hast nicht gespeicherte Änderungen an „${title}“`,
  deletedMeanwhile: (title) => `„${title}“ wurde gelöscht, während du sie bearbeitet hast`,
  cannotSaveYet: 'Die Aufgabe, die du bearbeitest, kann noch nicht gespeichert werden',
  notSaved: (what) => `${what} wurde nicht gespeichert`,
  editAgain: 'Noch einmal bearbeiten',
  shownAgain: (reason) => `${reason} Die vorige Fassung wird wieder angezeigt.`,
  task: (title) => `„${title}“`,
  theUndo: 'Das Rückgängigmachen',
  theChange: 'Die Änderung',
  changeTo: (title) => `Die Änderung an „${title}“`,
  noLongerRepeats: 'Die Aufgabe wiederholt sich nicht mehr',
}
