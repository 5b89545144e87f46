import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = import.meta.dirname
const dist = resolve(process.argv[2] ?? join(here, 'dist'))
const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')))
rmSync(dist, { recursive: true, force: true })
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', dist], {
  cwd: here,
  stdio: 'inherit',
})
// The compiler rewrites the endings of imports in JavaScript only.
for (const name of readdirSync(dist).filter((file) => file.endsWith('.d.ts'))) {
  const file = join(dist, name)
  writeFileSync(file, readFileSync(file, 'utf8').replace(/(from '\.\/\w+)\.ts'/g, "$1.js'"))
}
