import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, sep } from 'node:path'

// In installed packages, what serving and building do not load: Prisma has a compiler of queries for each database, four
// times, and its command has a studio and an engine for migrations. Source maps are for debuggers.
const UNUSED = [
  { below: '', name: /\.[cm]?js\.map$/ },
  { below: join('prisma', 'build'), name: /^(query_compiler_|schema_engine_|studio\.)/ },
  {
    below: join('@prisma', 'client', 'runtime'),
    name: /^(query_compiler_(?!fast_bg\.postgresql\.(wasm-base64\.)?mjs$)|wasm-compiler-edge\.m?js$)/,
  },
]

/**
 * Removes the files of installed packages that are never loaded, 130 MB. pnpm's store keeps its copies, so that other
 * projects and a later installation have them.
 */
export function removeUnusedFiles(nodeModules) {
  const store = join(nodeModules, '.pnpm')
  // Whoever has told pnpm to lay out packages in another way keeps these files.
  if (existsSync(store)) removeBelow(store)
}

/** Not by `recursive`: from Node 22 it follows links, by which packages lie in each other and in the workspace. */
function removeBelow(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) removeBelow(join(directory, entry.name))
    else if (entry.isFile() && isUnused(directory, entry.name)) rmSync(join(directory, entry.name))
  }
}

function isUnused(directory, name) {
  return UNUSED.some((rule) => rule.name.test(name) && directory.endsWith(rule.below && sep + rule.below))
}
