import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, join, sep } from 'node:path'

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
  if (!existsSync(store)) return
  for (const entry of readdirSync(store, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && isUnused(entry)) rmSync(join(entry.parentPath, entry.name))
  }
}

function isUnused({ parentPath, name }) {
  return UNUSED.some((rule) => rule.name.test(basename(name)) && parentPath.endsWith(rule.below && sep + rule.below))
}
