import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

/** Makes a newer Node lack what 18 and older lack. */
const WITHOUT = (names: string) => ['--import', `data:text/javascript,process.loadEnvFile = undefined;${names}`]

/** A folder like that of the package `taskwire`, whose program says where the data lie. */
async function openPackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'taskwire-package-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await cp(import.meta.dirname, join(folder, 'scripts'), { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "version": "1.2.3", "type": "module" }')
  await mkdir(join(folder, 'dist'))
  await writeFile(join(folder, 'dist/token.mjs'), 'console.log(process.env.TASKWIRE_DATA_DIR, process.env.PORT)')
  return folder
}

test('the package reads .env also where Node cannot', async () => {
  const folder = await openPackage()
  await writeFile(join(folder, '.env'), 'TASKWIRE_DATA_DIR=elsewhere\nPORT=1\n')
  const run = (flags: string[]) =>
    execFileSync(process.execPath, [...flags, join(folder, 'scripts/package/taskwire.mjs'), 'token'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], PORT: '2' },
    })
  expect(run([])).toBe(`${join(folder, 'elsewhere')} 2\n`)
  expect(run(WITHOUT(''))).toBe(`${join(folder, 'elsewhere')} 2\n`)
})

test('a Node that is too old for a clone is told in one line', () => {
  const asOld = `Object.defineProperty(process.versions, 'node', { value: '16.20.2' });
    import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'; delete fs.statfsSync; syncBuiltinESMExports()`
  const run = () =>
    execFileSync(process.execPath, [...WITHOUT(asOld), join(import.meta.dirname, 'run.mjs'), 'token'], {
      stdio: 'pipe',
    })
  expect(run).toThrow(/is too old: install Node 20 or newer \(24 is best\) and run this again\n$/)
})
