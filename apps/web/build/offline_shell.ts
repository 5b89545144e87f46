import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { reminders as german } from '../src/texts/de/reminders.ts'
import { reminders as english } from '../src/texts/en/reminders.ts'

/** Emits the service worker `sw.js`, with the list of this build's files and a version derived from it. */
export function offlineShell(): Plugin {
  let root = ''
  return {
    name: 'taskwire:offline-shell',
    apply: 'build',
    configResolved(config) {
      root = config.root
    },
    generateBundle: {
      // The page has its styles by then.
      order: 'post',
      async handler(_options, bundle) {
        const files = Object.keys(bundle)
          .filter((file) => /^assets\/.*\.(js|css|woff2)$/.test(file) && !file.includes('latin-ext'))
          .map((file) => `/${file}`)
          .toSorted()
        const page = bundle['index.html']
        const content = page?.type === 'asset' ? page.source : ''
        const version = createHash('sha256').update(files.join()).update(content).digest('hex').slice(0, 12)
        const source = await readFile(join(root, 'build/sw.js'), 'utf8')
        const completed = source
          .replace('__VERSION__', JSON.stringify(version))
          .replace('__TEXTS__', JSON.stringify(reminderTexts()))
          .replace(
            '__FILES__',
            JSON.stringify(['/', '/favicon.svg', '/manifest.webmanifest', '/icons/icon-192.png', ...files]),
          )
        this.emitFile({ type: 'asset', fileName: 'sw.js', source: completed })
      },
    },
  }
}

interface ReminderTexts {
  readonly reminder: string
  readonly due_at: string
}

/** What the service worker says of reminders, in the words of the pages. */
export function reminderTexts(): Record<'en' | 'de', ReminderTexts> {
  return { en: textsOf(english), de: textsOf(german) }
}

function textsOf({ dueToday, dueAt }: typeof english | typeof german): ReminderTexts {
  return { reminder: dueToday, due_at: dueAt('{time}') }
}
