import { spawnSync } from 'node:child_process'
// Not by name: where Node is too old for it, bootstrap.mjs has to say so.
import fs, { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { NODE_VERSION, nodePackage } from './node_packages.mjs'
import { fail, root } from './progress.mjs'
import { runTask } from './task.mjs'

const tools = join(root, '.tools')
// The Node of .tools is not the machine's, also when it runs us (run.sh): it is replaced when the version changes.
const ownMajor = process.execPath.startsWith(tools) ? 0 : Number(process.versions.node.split('.')[0])
const ownNodeIsEnough = ownMajor >= 24

/** A Node that runs TypeScript: this one if it is new enough, else the one in `.tools`. */
export const node = ownNodeIsEnough ? process.execPath : join(tools, 'node_modules', nodePackage, 'bin/node')

export const pnpm = join(tools, 'node_modules/pnpm/bin/pnpm.mjs')

export function nodeName() {
  return ownNodeIsEnough ? process.version : `v${NODE_VERSION} (in .tools)`
}

export function toolsAreInstalled() {
  return (ownNodeIsEnough || version(nodePackage) === NODE_VERSION) && version('pnpm') === pnpmVersion()
}

/** Installs with npm the pnpm that package.json names, and Node 24 if this Node is older. */
export async function installTools() {
  // Beside the tools that are there: this process may run with a Node of theirs, which is needed to the end.
  const incoming = join(tools, 'incoming')
  rmSync(incoming, { recursive: true, force: true })
  mkdirSync(incoming, { recursive: true })
  // Without a manifest here npm would read and change the one of the parent directory.
  writeFileSync(join(incoming, 'package.json'), '{ "private": true }\n')
  const wanted = [...(ownNodeIsEnough ? [] : [`${nodePackage}@${NODE_VERSION}`]), `pnpm@${pnpmVersion()}`]
  const flags = [
    '--prefix',
    incoming,
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
  ]
  await runTask(`fetching ${wanted.join(' and ')} into .tools`, [...npm(), 'install', ...flags, ...wanted], {
    node: process.execPath,
    explain: (output) =>
      /E404|ETARGET|EBADPLATFORM/.test(output) &&
      `there is no Node 24 package for ${process.platform}-${process.arch}: install Node 24 (https://nodejs.org) and run this again`,
  })
  // 67 MB of headers, for building native modules: there are none.
  rmSync(join(incoming, 'node_modules', nodePackage, 'include'), { recursive: true, force: true })
  // All or nothing: an incomplete installation must not be mistaken for a complete one.
  rmSync(join(tools, 'node_modules'), { recursive: true, force: true })
  renameSync(join(incoming, 'node_modules'), join(tools, 'node_modules'))
  rmSync(incoming, { recursive: true, force: true })
  if (spawnSync(node, ['--version']).status !== 0) {
    rmSync(join(tools, 'node_modules'), { recursive: true, force: true })
    if (freeBytes() < FULL_BYTES) fail('the disk is full; free some space and run this again')
    fail(
      `Node ${NODE_VERSION} does not run on this system (perhaps it has no glibc): install Node 24 yourself and run this again`,
    )
  }
}

/** Less than this after an installation that did not work means that it did not fit. */
const FULL_BYTES = 1e6

function freeBytes() {
  const { bavail, bsize } = fs.statfsSync(root)
  return bavail * bsize
}

/**
 * The certificates that npm is configured to trust. pnpm does not read npm's global configuration and, behind a proxy
 * with a certificate of its own, would otherwise retry refused connections for minutes.
 */
export function npmCertificates() {
  if (process.env.NODE_EXTRA_CA_CERTS) return {}
  const [cli] = npm()
  const result = spawnSync(process.execPath, [cli, 'config', 'get', 'cafile', '--loglevel=silent'], {
    encoding: 'utf8',
  })
  const file = result.stdout?.trim()
  return file && existsSync(file) ? { NODE_EXTRA_CA_CERTS: file } : {}
}

/** npm's own script if npm runs us; under another runner, the npm installed with this Node. */
function npm() {
  const runner = process.env.npm_execpath
  if (runner && basename(runner) === 'npm-cli.js') return [runner]
  const beside = join(process.execPath, '../../lib/node_modules/npm/bin/npm-cli.js')
  return existsSync(beside)
    ? [beside]
    : fail('npm was not found, and installing the tools needs it: run this through npm')
}

function pnpmVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager.split('@')[1]
}

function version(name) {
  try {
    return JSON.parse(readFileSync(join(tools, 'node_modules', name, 'package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}
