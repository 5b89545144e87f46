import type { Texts } from '../texts.ts'

/** The texts of reminders that come. */
export const reminders: Texts['reminders'] = {
  message: (title) => `Erinnerung: „${title}“`,
  dueToday: 'Erinnerung',
  dueAt: (time) => `Fällig um ${time}`,
  notifications: 'Benachrichtigungen',
  allow: 'Benachrichtigungen erlauben',
  states: {
    default:
      'Erinnerungen erscheinen auf dieser Seite. Erlaube Benachrichtigungen, um sie auch aus anderen Fenstern zu sehen.',
    granted: 'Erinnerungen kommen als Benachrichtigungen, solange Taskwire in einem Tab oder als App offen ist.',
    denied:
      'Dieser Browser sperrt Benachrichtigungen von Taskwire. Du kannst sie in seinen Einstellungen für diese Seite erlauben.',
    missing: 'Dieser Browser hat keine Benachrichtigungen. Erinnerungen erscheinen auf dieser Seite.',
  },
  push: {
    closed: 'In diesem Browser auch, wenn Taskwire geschlossen ist',
    showsTitle: 'Titel der Aufgabe und Fälligkeit anzeigen',
    missing: 'Dieser Browser zeigt keine Benachrichtigungen, wenn Taskwire geschlossen ist.',
    install:
      'Auf iPhone und iPad brauchen Benachrichtigungen die App: Wähle im Teilen-Menü „Zum Home-Bildschirm“ und öffne sie dort.',
    failed:
      'Dieser Browser konnte nicht verbunden werden. Vielleicht sperrt er Benachrichtigungen in privaten Fenstern oder ist offline.',
  },
}
