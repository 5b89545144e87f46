import type { Texts } from '../texts.ts'

/** The texts for a new user. */
export const welcome: Texts['welcome'] = {
  label: 'Erste Schritte',
  text: 'Diese Aufgaben zeigen, wie es geht. Probiere sie aus und entferne sie dann mit einem Klick.',
  connect: 'Einen Agenten verbinden',
  docs: 'API-Dokumentation',
  remove: 'Beispiele entfernen',
  keep: 'Beispiele behalten',
  samples: {
    tick: 'Hake diese Aufgabe ab und mach es mit Strg+Z rückgängig',
    add: 'Füge oben eine Aufgabe hinzu: Sam anrufen tomorrow 9am #zuhause',
    repeats: 'Pflanzen gießen: Ist es erledigt, kommt die nächste',
    tag: 'zuhause',
    agent: 'Lass einen Agenten an dieser Liste arbeiten',
    agentText:
      'Unter „API-Schlüssel“ steht die URL, die ihn verbindet, oder erstelle einen Schlüssel für ein Skript. Was ein Agent ändert, siehst du sofort und kannst es rückgängig machen.',
  },
}
