import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { NODE_VERSION, nodePackage } from './node_packages.mjs'

// A clone with no packages. Its npm takes the tools from a folder, and its pnpm does nothing but fail.

function clone(pnpmVersion: string): string {
  const root = mkdtempSync(join(tmpdir(), 'taskwire-tools-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  cpSync(import.meta.dirname, join(root, 'scripts'), { recursive: true })
  writeFileSync(join(root, 'package.json'), JSON.stringify({ packageManager: `pnpm@${pnpmVersion}` }))
  return root
}

function writeTools(folder: string, pnpmVersion: string): void {
  write(join(folder, 'pnpm/package.json'), JSON.stringify({ version: pnpmVersion }))
  write(join(folder, 'pnpm/bin/pnpm.mjs'), "console.error('no registry'); process.exit(1)")
  write(join(folder, nodePackage, 'package.json'), JSON.stringify({ version: NODE_VERSION }))
  const node = join(folder, nodePackage, 'bin/node')
  mkdirSync(dirname(node), { recursive: true })
  try {
    linkSync(process.execPath, node)
  } catch {
    // It is on another disk, or belongs to another user.
    copyFileSync(process.execPath, node)
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** What `npm start` writes in a clone that has tools already. */
function start(root: string, npm: string): string {
  write(join(root, 'npm/npm-cli.js'), npm)
  const node = join(root, '.tools/node_modules', nodePackage, 'bin/node')
  const env = { ...process.env, npm_execpath: join(root, 'npm/npm-cli.js') }
  return spawnSync(node, [join(root, 'scripts/run.mjs'), 'start'], { env, encoding: 'utf8' }).stderr
}

const version = (root: string) =>
  JSON.parse(readFileSync(join(root, '.tools/node_modules/pnpm/package.json'), 'utf8')).version

test('a newer pnpm is fetched by the Node of the tools that it replaces', () => {
  const root = clone('2.0.0')
  writeTools(join(root, '.tools/node_modules'), '1.0.0')
  writeTools(join(root, 'registry'), '2.0.0')
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
