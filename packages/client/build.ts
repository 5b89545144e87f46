import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { appRouter, operations } from '@taskwire/api'
import { documented } from './documented.ts'

// The compiler writes whatever the client's types reach, the server's source included. Only the client's part is kept:
// its declarations do not import the rest, which `package.test.ts` proves.
const here = import.meta.dirname
const dist = process.argv[2] ?? join(here, 'dist')
const whole = mkdtempSync(join(tmpdir(), 'taskwire-client-'))
try {
  const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')))
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', whole], {
    cwd: here,
    stdio: 'inherit',
  })
  rmSync(dist, { recursive: true, force: true })
  cpSync(join(whole, 'packages/client/src'), dist, {
    recursive: true,
    // Nothing but types of it is used, and its source is not published.
    filter: (source) => !/contract\.(js|d\.ts\.map)$/.test(source),
  })
} finally {
  rmSync(whole, { recursive: true, force: true })
}

for (const name of readdirSync(dist)) {
  const file = join(dist, name)
  const text = readFileSync(file, 'utf8')
  // The compiler rewrites the endings of imports in JavaScript only.
  if (name.endsWith('.d.ts')) writeFileSync(file, text.replace(/(from '\.\/\w+)\.ts'/g, "$1.js'"))
  // The sources stand beside `dist` in the package.
  if (name.endsWith('.map'))
    writeFileSync(file, text.replace(/"sources":\["[^"]*\/(\w+\.ts)"\]/, '"sources":["../src/$1"]'))
}
const contract = join(dist, 'contract.d.ts')
const declarations = readFileSync(contract, 'utf8').replace(/\n\/\/# sourceMappingURL=.*/, '')
writeFileSync(contract, documented(declarations, operations(appRouter)))
