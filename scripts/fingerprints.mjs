import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './progress.mjs'

// The folders of pnpm-workspace.yaml, repeated here because no YAML parser is installed yet.
const WORKSPACE = [
  'prisma',
  'bench',
  'docs',
  'examples',
  ...foldersIn('packages'),
  ...foldersIn('apps'),
  ...foldersIn('testing'),
]

/** The packages of the workspace, each after the packages that it depends on. */
export function packages() {
  const all = WORKSPACE.flatMap((directory) => {
    const text = readText(join(directory, 'package.json'))
    return text ? [{ directory, manifest: JSON.parse(text) }] : []
  }).map((one) => ({ ...one, name: one.manifest.name }))
  const ordered = new Set()
  const visit = (one) => {
    for (const name of workspaceDependencies(one)) visit(all.find((other) => other.name === name))
    ordered.add(one)
  }
  for (const one of all) visit(one)
  return [...ordered]
}

/** Changes when `pnpm install` has to run again. */
export function installFingerprint() {
  const manifests = packages().map(({ directory }) => join(directory, 'package.json'))
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]
  // Not the version of Node: no package is compiled for one, and `npm start` and `npm test` may run with two.
  const platform = `${process.platform} ${process.arch}`
  return hash(platform, ...files.map(readText))
}

/** Changes when Prisma's client has to be generated again. */
export function clientFingerprint(install) {
  return hash(install, readText('prisma/schema.prisma'), readText('prisma/prisma.config.ts'))
}

/** Changes when a package has to be built again: with its own sources and those of the workspace packages it uses. */
export function buildFingerprint(one, install) {
  const all = packages()
  const seen = new Set()
  const visit = ({ directory, ...rest }) => {
    seen.add(directory)
    for (const name of workspaceDependencies(rest)) visit(all.find((other) => other.name === name))
  }
  visit(one)
  const sources = [...seen].flatMap((directory) => sourcesIn(directory))
  return hash(install, readText('tsconfig.base.json'), ...sources.flatMap((file) => [file, readText(file)]))
}

function workspaceDependencies({ manifest: { dependencies, devDependencies } }) {
  const entries = Object.entries({ ...dependencies, ...devDependencies })
  return entries.filter(([, range]) => range.startsWith('workspace:')).map(([name]) => name)
}

const NOT_SOURCES = new Set(['node_modules', 'dist', 'generated', 'coverage'])

function sourcesIn(directory) {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return NOT_SOURCES.has(entry.name) ? [] : sourcesIn(path)
    return /\.test\.\w+$/.test(entry.name) ? [] : [path]
  })
}

function foldersIn(directory) {
  try {
    return readdirSync(join(root, directory)).map((name) => join(directory, name))
  } catch {
    return []
  }
}

function readText(file) {
  try {
    return readFileSync(join(root, file), 'utf8')
  } catch {
    return ''
  }
}

function hash(...parts) {
  const sha = createHash('sha256')
  for (const part of parts) sha.update(part).update('\0')
  return sha.digest('hex')
}
