import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withLock } from './lock.mjs'
import { log, fail, root, elapsed } from './progress.mjs'
import { buildFingerprint, clientFingerprint, installFingerprint, packages } from './fingerprints.mjs'
import { installTools, node, nodeName, npmCertificates, pnpm, toolsAreInstalled } from './tools.mjs'
import { runTask } from './task.mjs'

/**
 * Prepares the clone to run: installs Node 24, pnpm and the packages, generates Prisma's client, and builds what has to
 * be built. Each task is skipped while its inputs are unchanged. Returns the path of a Node that runs TypeScript.
 */
export async function bootstrap({ builds = false }) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) fail(`Node ${process.version} is too old: install Node 20 or newer (24 is best) and run this again`)
  if (pendingTasks(builds).length === 0) return node
  const start = Date.now()
  await withLock(join(root, '.tools', 'lock'), async () => {
    // Evaluated again each time: the output of one task can be an input of the next, and another process may just have
    // finished its bootstrap.
    for (let [task] = pendingTasks(builds); task; [task] = pendingTasks(builds)) await task()
  })
  log(`ready after ${elapsed(start)}, with Node ${nodeName()}`)
  return node
}

function pendingTasks(builds) {
  if (!toolsAreInstalled()) return [installTools]
  const install = installFingerprint()
  if (!isDone('install', install) || !existsSync(join(root, 'node_modules/.modules.yaml'))) {
    return [() => installPackages(install)]
  }
  const client = clientFingerprint(install)
  if (!isDone('generate', client) || !existsSync(join(root, 'prisma/generated/client.ts'))) {
    return [() => generateClient(client)]
  }
  if (!builds) return []
  return packages()
    .filter(({ manifest }) => manifest.scripts?.build)
    .map((one) => ({ ...one, fingerprint: buildFingerprint(one, install) }))
    .filter(
      ({ directory, name, fingerprint }) => !isDone(name, fingerprint) || !existsSync(join(root, directory, 'dist')),
    )
    .map((one) => () => build(one))
}

async function installPackages(fingerprint) {
  const flags = ['--frozen-lockfile', '--prod=false', '--config.confirm-modules-purge=false', '--reporter=append-only']
  await runTask('installing the packages (about 30 s the first time)', [pnpm, 'install', ...flags], {
    node,
    env: npmCertificates(),
  })
  markDone('install', fingerprint)
}

async function generateClient(fingerprint) {
  await runTask("generating Prisma's client", [join(root, 'scripts/generate.mjs')], { node })
  markDone('generate', fingerprint)
}

async function build({ directory, name, fingerprint }) {
  const flags = ['--config.verify-deps-before-run=false', '--dir', join(root, directory)]
  await runTask(`building ${name}`, [pnpm, ...flags, 'run', 'build'], { node })
  markDone(name, fingerprint)
}

function fingerprintFile(task) {
  return join(root, '.tools/fingerprints', task.replace('/', '+'))
}

function isDone(task, fingerprint) {
  try {
    return readFileSync(fingerprintFile(task), 'utf8') === fingerprint
  } catch {
    return false
  }
}

function markDone(task, fingerprint) {
  mkdirSync(dirname(fingerprintFile(task)), { recursive: true })
  writeFileSync(fingerprintFile(task), fingerprint)
}
