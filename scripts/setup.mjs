import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withLock } from './lock.mjs'
import { say, fail, root, since } from './progress.mjs'
import { buildStamp, generateStamp, installStamp, packages } from './stamps.mjs'
import { installTools, node, nodeName, npmCertificates, pnpm, toolsAreThere } from './tools.mjs'
import { runStep } from './step.mjs'

/**
 * Makes the clone ready to run: Node 24 and pnpm, the packages, Prisma's client, what has to be built. Each step is
 * skipped while its inputs are what they were. Returns the path of a Node that runs TypeScript.
 */
export async function madeReady({ builds = false }) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) fail(`Node ${process.version} is too old: install Node 20 or newer, best 24, and run this again`)
  if (pending(builds).length === 0) return node
  const start = Date.now()
  await withLock(join(root, '.tools', 'lock'), async () => {
    // Again each time: what one step makes can be an input of the next, and another set-up may just have ended.
    for (let [step] = pending(builds); step; [step] = pending(builds)) await step()
  })
  say(`ready after ${since(start)}, with Node ${nodeName()}`)
  return node
}

function pending(builds) {
  if (!toolsAreThere()) return [installTools]
  const install = installStamp()
  if (!done('install', install) || !existsSync(join(root, 'node_modules/.modules.yaml'))) {
    return [() => installPackages(install)]
  }
  const generate = generateStamp(install)
  if (!done('generate', generate) || !existsSync(join(root, 'prisma/generated/client.ts'))) {
    return [() => generateClient(generate)]
  }
  if (!builds) return []
  return packages()
    .filter(({ manifest }) => manifest.scripts?.build)
    .map((one) => ({ ...one, stamp: buildStamp(one, install) }))
    .filter(({ directory, name, stamp }) => !done(name, stamp) || !existsSync(join(root, directory, 'dist')))
    .map((one) => () => build(one))
}

async function installPackages(stamp) {
  const flags = ['--frozen-lockfile', '--prod=false', '--config.confirm-modules-purge=false', '--reporter=append-only']
  await runStep('installing the packages (about 30 s the first time)', [pnpm, 'install', ...flags], {
    by: node,
    env: npmCertificates(),
  })
  markDone('install', stamp)
}

async function generateClient(stamp) {
  await runStep("generating Prisma's client", [join(root, 'scripts/generate.mjs')], { by: node })
  markDone('generate', stamp)
}

async function build({ directory, name, stamp }) {
  const flags = ['--config.verify-deps-before-run=false', '--dir', join(root, directory)]
  await runStep(`building ${name}`, [pnpm, ...flags, 'run', 'build'], { by: node })
  markDone(name, stamp)
}

function stampFile(step) {
  return join(root, '.tools/stamps', step.replace('/', '+'))
}

function done(step, stamp) {
  try {
    return readFileSync(stampFile(step), 'utf8') === stamp
  } catch {
    return false
  }
}

function markDone(step, stamp) {
  mkdirSync(dirname(stampFile(step)), { recursive: true })
  writeFileSync(stampFile(step), stamp)
}
