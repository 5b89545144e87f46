import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

// One file, which holds what it uses of the private package of the calendar, and declarations by the compiler.
const here = import.meta.dirname
const dist = resolve(process.argv[2] ?? join(here, 'dist'))
const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')))
rmSync(dist, { recursive: true, force: true })
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', dist], {
  cwd: here,
  stdio: 'inherit',
})
for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
  const file = join(dist, name)
  // The compiler rewrites the endings of imports in JavaScript only.
  if (name.endsWith('.d.ts')) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(/(from '\.[^']*)\.ts'/g, "$1.js'"))
  }
}
const build = await rolldown({ input: join(here, 'src/index.ts'), external: ['@taskwire/client', 'idb'] })
await build.write({ file: join(dist, 'index.js'), format: 'esm', comments: false })
await build.close()
