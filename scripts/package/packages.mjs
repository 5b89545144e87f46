// `npm run pack -- [NAME...]`: builds packages that others install (all of them without a name) and packs them into dist/.
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packages } from '../fingerprints.mjs'
import { fail, root } from '../progress.mjs'

/** The packages that others install, by the names of their folders, in the order in which they depend on each other. */
export function publishedPackages() {
  const published = packages().filter(
    ({ manifest, directory }) => !manifest.private && directory.startsWith('packages/'),
  )
  return new Map(published.map(({ directory }) => [directory.slice('packages/'.length), join(root, directory)]))
}

/** Packs one into `folder` and returns the path of its tarball. */
export function packPackage(directory, folder) {
  mkdirSync(folder, { recursive: true })
  const output = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
  })
  return join(folder, output.trim().split('\n').at(-1))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const published = publishedPackages()
  const names = process.argv.length > 2 ? process.argv.slice(2) : [...published.keys()]
  const unknown = names.find((name) => !published.has(name))
  if (unknown !== undefined) fail(`there is no package "${unknown}": name some of ${[...published.keys()].join(', ')}`)
  for (const name of names) process.stdout.write(`${packPackage(published.get(name), join(root, 'dist'))}\n`)
}
