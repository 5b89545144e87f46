import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** Emits the service worker `sw.js`, with the list of this build's files and a version derived from it. */
export function offlineShell(): Plugin {
  let root = ''
  return {
    name: 'taskwire:offline-shell',
    apply: 'build',
    configResolved(config) {
      root = config.root
    },
    async generateBundle(_options, bundle) {
      const files = Object.keys(bundle)
        .filter((file) => /^assets\/.*\.(js|css|woff2)$/.test(file) && !file.includes('latin-ext'))
        .map((file) => `/${file}`)
        .toSorted()
      const version = createHash('sha256').update(files.join()).digest('hex').slice(0, 12)
      const source = await readFile(join(root, 'build/sw.js'), 'utf8')
      const completed = source
        .replace('__VERSION__', JSON.stringify(version))
        .replace(
          '__FILES__',
          JSON.stringify(['/', '/favicon.svg', '/manifest.webmanifest', '/icons/icon-192.png', ...files]),
        )
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: completed })
    },
  }
}
