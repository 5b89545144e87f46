import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './progress.mjs'
import { nodeMajor } from './tools.mjs'

// The folders of pnpm-workspace.yaml. Read as text it would need a parser that is not there yet.
const WORKSPACE = ['prisma', 'bench', ...within('packages'), ...within('apps'), ...within('testing')]

/** The packages of the workspace that exist, those that others depend on first. */
export function packages() {
  const all = WORKSPACE.flatMap((directory) => {
    const text = contentOf(join(directory, 'package.json'))
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

/** What pnpm install depends on. */
export function installStamp() {
  const manifests = packages().map(({ directory }) => join(directory, 'package.json'))
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]
  const platform = `${process.platform} ${process.arch} ${nodeMajor}`
  return hashOf(platform, ...files.map(contentOf))
}

export function generateStamp(install) {
  return hashOf(install, contentOf('prisma/schema.prisma'), contentOf('prisma/prisma.config.ts'))
}

/** What a package's build depends on: its own sources and those of the packages of ours below it. */
export function buildStamp(one, install) {
  const all = packages()
  const seen = new Set()
  const visit = ({ directory, ...rest }) => {
    seen.add(directory)
    for (const name of workspaceDependencies(rest)) visit(all.find((other) => other.name === name))
  }
  visit(one)
  const sources = [...seen].flatMap((directory) => sourcesIn(directory))
  return hashOf(install, contentOf('tsconfig.base.json'), ...sources.flatMap((file) => [file, contentOf(file)]))
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

function within(directory) {
  try {
    return readdirSync(join(root, directory)).map((name) => join(directory, name))
  } catch {
    return []
  }
}

function contentOf(file) {
  try {
    return readFileSync(join(root, file), 'utf8')
  } catch {
    return ''
  }
}

function hashOf(...parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}
