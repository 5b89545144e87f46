import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The compiler writes whatever the client's types reach, the server's source included. Only the client's part is kept:
// its declarations do not import the rest, which `package.test.ts` proves.
const here = import.meta.dirname
const whole = mkdtempSync(join(tmpdir(), 'taskwire-client-'))
try {
  const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')))
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', whole], {
    cwd: here,
    stdio: 'inherit',
  })
  rmSync(join(here, 'dist'), { recursive: true, force: true })
  cpSync(join(whole, 'packages/client/src'), join(here, 'dist'), {
    recursive: true,
    // Nothing but types of it is used.
    filter: (source) => !source.endsWith('contract.js'),
  })
  // The compiler rewrites the endings of imports in JavaScript only.
  for (const name of readdirSync(join(here, 'dist')).filter((file) => file.endsWith('.d.ts'))) {
    const file = join(here, 'dist', name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/(from '\.\/\w+)\.ts'/g, "$1.js'"))
  }
} finally {
  rmSync(whole, { recursive: true, force: true })
}
