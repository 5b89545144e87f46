// `prepack` and `postpack` of the packages that others install. In the workspace a package.json names the sources and
// the catalog's versions, which only pnpm translates; this makes `npm pack` produce the same package as `pnpm pack`.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
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

/**
 * Dependencies with their versions. A private package of the workspace is inside of those that use it: of its own, those
 * remain that the published code imports, and their types. The others build the workspace, as prisma does, which brings 130 packages.
 */
function installedWith(dependencies, directory) {
  const entries = Object.entries(dependencies).flatMap(([name, range]) => {
    if (!range.startsWith('workspace:')) return [[name, versionOf(name, range)]]
    const found = JSON.parse(readFileSync(packageJson(directory, name), 'utf8'))
    if (!found.private) return [[name, found.version]]
    const inner = installedWith(withTypes(found), join(directory, 'node_modules', name))
    return Object.entries(inner).filter(([one]) => isImported(one.replace('@types/', '')))
  })
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** The declarations of a dependency without its own are a dependency of those who compile against ours. */
function withTypes({ dependencies = {}, devDependencies = {} }) {
  const types = Object.entries(devDependencies).filter(([name]) => name.startsWith('@types/'))
  return { ...Object.fromEntries(types), ...dependencies }
}

function isImported(dependency) {
  const imports = new RegExp(`(?:from |import |import\\(|resolve\\()['"]${dependency}['"/]`)
  return builtCode().some((text) => imports.test(text))
}

function builtCode() {
  const dist = join(process.cwd(), 'dist')
  const files = readdirSync(dist, { recursive: true }).filter((file) => /\.(js|d\.ts)$/.test(file))
  return files.map((file) => readFileSync(join(dist, file), 'utf8'))
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
