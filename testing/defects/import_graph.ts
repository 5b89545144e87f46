import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './copy.ts'

/** What uses each file: by an import, or because it names it to start it, or its package's folder to build it. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>

const SOURCES = '{prisma,packages,apps,testing,scripts,docs,bench}/**/*.{ts,tsx,mjs,js,html}'
// The tables name files without using them.
const NOT_SOURCES = /(^|\/)(node_modules|dist|generated)\/|^testing\/defects\//
// Types are gone when a test runs.
const TYPE_IMPORT = /^(import|export) type [^'"]*['"][^'"\n]+['"]/gm
const LITERAL = /['"`/]([@\w./-]+)['"`]/g

export function readImportGraph(folder = root): ImportGraph {
  const files = new Set(globSync(SOURCES, { cwd: folder }).filter((file) => !NOT_SOURCES.test(file)))
  const [entries, folders] = [packageEntries(folder), packageFolders(folder)]
  const users = new Map<string, Set<string>>()
  for (const file of files) {
    // A package's folder stands for all that it holds.
    for (const one of folders) if (file.startsWith(`${one}/src/`)) users.set(file, new Set([one]))
  }
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8').replaceAll(TYPE_IMPORT, '')
    for (const [, literal = ''] of text.matchAll(LITERAL)) {
      for (const used of [entries.get(literal), join(dirname(file), literal), literal]) {
        if (used === undefined || used === file || !(files.has(used) || folders.has(used))) continue
        users.set(used, (users.get(used) ?? new Set()).add(file))
      }
    }
  }
  return new Map([...users].map(([used, all]) => [used, [...all]]))
}

/** How many imports lie between a file and each that depends on it. */
export function distancesFrom(graph: ImportGraph, file: string): ReadonlyMap<string, number> {
  const distances = new Map([[file, 0]])
  // A map is walked in the order in which it grows, so the nearest come first.
  for (const [used, distance] of distances) {
    for (const user of graph.get(used) ?? []) if (!distances.has(user)) distances.set(user, distance + 1)
  }
  return distances
}

function packageFolders(folder: string): ReadonlySet<string> {
  return new Set(globSync('{packages,apps}/*/package.json', { cwd: folder }).map((file) => dirname(file)))
}

/** The file that each import of a package of the workspace leads to, such as `@taskwire/db/open`. */
function packageEntries(folder: string): ReadonlyMap<string, string> {
  const manifests = globSync('{prisma,{packages,testing}/*}/package.json', { cwd: folder })
  return new Map(
    manifests.flatMap((file) => {
      const manifest: { name: string; exports?: Record<string, string> } = JSON.parse(
        readFileSync(join(folder, file), 'utf8'),
      )
      const paths = Object.entries(manifest.exports ?? {})
      return paths.map(([path, target]) => [join(manifest.name, path), join(dirname(file), target)] as const)
    }),
  )
}
