// `prepack` and `postpack` of the packages that others install. In the workspace a package.json names the sources and
// the catalog's versions, which only pnpm translates; this makes `npm pack` produce the same package as `pnpm pack`.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const manifest = join(process.cwd(), 'package.json')
const original = join(process.cwd(), 'package.workspace.json')

if (process.argv[2] === 'restore') {
  if (existsSync(original)) renameSync(original, manifest)
} else {
  // A pack that was interrupted left the original behind.
  const text = readFileSync(existsSync(original) ? original : manifest, 'utf8')
  writeFileSync(original, text)
  writeFileSync(manifest, `${JSON.stringify(published(JSON.parse(text)), null, 2)}\n`)
}

function published({ publishConfig, ...rest }) {
  const manifestOf = { ...rest, ...publishConfig }
  delete manifestOf.devDependencies
  delete manifestOf.scripts
  if (manifestOf.dependencies) manifestOf.dependencies = installedWith(manifestOf.dependencies, process.cwd())
  if (manifestOf.peerDependencies)
    manifestOf.peerDependencies = installedWith(manifestOf.peerDependencies, process.cwd())
  return manifestOf
}

/** Dependencies with their versions. A private package of the workspace is inside of those that use it: only its own remain. */
function installedWith(dependencies, directory) {
  const entries = Object.entries(dependencies).flatMap(([name, range]) => {
    if (!range.startsWith('workspace:')) return [[name, versionOf(name, range)]]
    const {
      private: isPrivate,
      version,
      dependencies: inner = {},
    } = JSON.parse(readFileSync(packageJson(directory, name), 'utf8'))
    return isPrivate ? Object.entries(installedWith(inner, join(directory, 'node_modules', name))) : [[name, version]]
  })
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function versionOf(name, range) {
  if (range !== 'catalog:') return range
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const line = workspace.split('\n').find((entry) => entry.replaceAll("'", '').startsWith(`  ${name}: `))
  if (line === undefined) throw new Error(`${name} is not in the catalog`)
  return line.slice(line.lastIndexOf(': ') + 2).trim()
}

function packageJson(directory, name) {
  return join(directory, 'node_modules', name, 'package.json')
}
