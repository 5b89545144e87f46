import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NODE_VERSION, nodePackage } from './node_packages.mjs'

// A clone with no packages, whose npm takes the tools from a folder.

const NODE = join('.tools/node_modules', nodePackage, 'bin/node')

function clone(pnpmVersion: string): string {
  const root = mkdtempSync(join(tmpdir(), 'taskwire-tools-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  cpSync(import.meta.dirname, join(root, 'scripts'), { recursive: true })
  writeFileSync(join(root, 'package.json'), JSON.stringify({ packageManager: `pnpm@${pnpmVersion}` }))
  return root
}

function writeTools(folder: string, pnpmVersion: string): void {
  write(join(folder, 'pnpm/package.json'), JSON.stringify({ version: pnpmVersion }))
  write(join(folder, 'pnpm/bin/pnpm.mjs'), '')
  write(join(folder, nodePackage, 'package.json'), JSON.stringify({ version: NODE_VERSION }))
}

/** A Node in the tools that runs, and one that only has a version: an installation with it fails. */
function writeNode(file: string, isWhole: boolean): void {
  mkdirSync(dirname(file), { recursive: true })
  if (!isWhole) return writeFileSync(file, '#!/bin/sh\n[ "$1" = --version ]\n', { mode: 0o755 })
  try {
    linkSync(process.execPath, file)
  } catch {
    // It is on another disk, or belongs to another user.
    copyFileSync(process.execPath, file)
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** What `npm start` writes in a clone that has tools already. */
function start(root: string, npm: string): string {
  write(join(root, 'npm/npm-cli.js'), npm)
  const node = join(root, NODE)
  writeNode(node, true)
  const env = { ...process.env, npm_execpath: join(root, 'npm/npm-cli.js') }
  return spawnSync(node, [join(root, 'scripts/run.mjs'), 'start'], { env, encoding: 'utf8' }).stderr
}

const version = (root: string) =>
  JSON.parse(readFileSync(join(root, '.tools/node_modules/pnpm/package.json'), 'utf8')).version

test('a newer pnpm is fetched by the Node of the tools that it replaces', () => {
  const root = clone('2.0.0')
  writeTools(join(root, '.tools/node_modules'), '1.0.0')
  writeTools(join(root, 'registry'), '2.0.0')
  writeNode(join(root, 'registry', nodePackage, 'bin/node'), false)
  const npm = `
    const { cpSync } = require('node:fs')
    const at = process.argv.indexOf('--prefix')
    if (at > 0) cpSync(${JSON.stringify(join(root, 'registry'))}, process.argv[at + 1] + '/node_modules', { recursive: true })`
  expect(start(root, npm)).toContain('installing the packages')
  expect(version(root)).toBe('2.0.0')
})

test('tools that cannot be fetched leave those that are there', () => {
  const root = clone('2.0.0')
  writeTools(join(root, '.tools/node_modules'), '1.0.0')
  expect(start(root, "console.error('ENOTFOUND'); process.exit(1)")).toContain('the package registry cannot be reached')
  expect(version(root)).toBe('1.0.0')
})

test('npm start ignores a Node in the tools that does not run here', () => {
  const root = clone('1.0.0')
  writeFileSync(join(root, 'package.json'), JSON.stringify({ version: '1.2.3' }))
  write(join(root, NODE), '\x7fELF of another machine')
  chmodSync(join(root, NODE), 0o755)
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) }
  const { stdout } = spawnSync('sh', [join(root, 'scripts/run.sh'), '--version'], { env, encoding: 'utf8' })
  expect(stdout).toBe('1.2.3\n')
})
