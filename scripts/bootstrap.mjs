import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withLock } from './lock.mjs'
import { log, fail, root, elapsed } from './progress.mjs'
import { buildFingerprint, clientFingerprint, installFingerprint, packages } from './fingerprints.mjs'
import { installTools, node, nodeName, npmCertificates, pnpm, toolsAreInstalled } from './tools.mjs'
import { runTask } from './task.mjs'
import { removeUnusedFiles } from './unused_files.mjs'

/**
 * Prepares the clone to run: installs Node 24, pnpm and the packages, generates Prisma's client, and builds what has to
 * be built. Each task is skipped while its inputs are unchanged. Returns the path of a Node that runs TypeScript.
 *
 * A command with `develops` gets every package of the workspace, another one only what serving needs. `builds` names the
 * packages that have to be built, or is true for all.
 */
export async function bootstrap(command) {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) fail(`Node ${process.version} is too old: install Node 20 or newer (24 is best) and run this again`)
  if (pendingTasks(command).length === 0) return node
  const start = Date.now()
  await withLock(join(root, '.tools', 'lock'), async () => {
    // Evaluated again each time: the output of one task can be an input of the next, and another process may just have
    // finished its bootstrap.
    for (let [task] = pendingTasks(command); task; [task] = pendingTasks(command)) await task()
  })
  log(`ready after ${elapsed(start)}, with Node ${nodeName()}`)
  return node
}

function pendingTasks({ builds = [], develops = false }) {
  if (!toolsAreInstalled()) return [installTools]
  const install = installFingerprint()
  const installed = installedPackages()
  const complete = develops || installed.complete
  if (
    installed.fingerprint !== install ||
    installed.complete !== complete ||
    !existsSync(join(root, 'node_modules/.modules.yaml'))
  ) {
    return [() => installPackages(install, complete)]
  }
  const client = clientFingerprint(install)
  if (!isDone('generate', client) || !existsSync(join(root, 'prisma/generated/client.ts'))) {
    return [() => generateClient(client)]
  }
  return packages()
    .filter(({ name, manifest }) => manifest.scripts?.build && (builds === true || builds.includes(name)))
    .map((one) => ({ ...one, fingerprint: buildFingerprint(one, install) }))
    .filter(
      ({ directory, name, fingerprint }) => !isDone(name, fingerprint) || !existsSync(join(root, directory, 'dist')),
    )
    .map((one) => () => build(one))
}

/** What serving needs: the server, and the web app with what builds it. */
const SERVING = ['--prod', '--filter=@taskwire/server...', '--filter=@taskwire/web...']

async function installPackages(fingerprint, complete) {
  const flags = ['--frozen-lockfile', '--config.confirm-modules-purge=false', '--reporter=append-only']
  // The lockfile is as much to be trusted as the code beside it. pnpm would otherwise download the whole history of each of
  // its packages, 180 MB, to see that none is younger than a day; it does that when somebody changes the lockfile.
  flags.push('--trust-lockfile')
  const title = complete ? 'installing all packages' : 'installing the packages'
  // Until it is done the packages are those of no fingerprint, and an installation that is interrupted starts again.
  markDone('install', installation('interrupted', complete))
  await runTask(
    `${title} (about 30 s the first time)`,
    [pnpm, 'install', ...flags, ...(complete ? ['--prod=false'] : SERVING)],
    { node, env: npmCertificates() },
  )
  if (!complete) removeUnusedFiles(join(root, 'node_modules'))
  markDone('install', installation(fingerprint, complete))
}

/** A clone that once had all packages keeps them: `npm start` between two `npm test` removes nothing. */
function installedPackages() {
  const text = readDone('install')
  const [fingerprint, extent] = text.split(' ')
  return { fingerprint, complete: text !== '' && extent !== PARTIAL }
}

function installation(fingerprint, complete) {
  return complete ? fingerprint : `${fingerprint} ${PARTIAL}`
}

const PARTIAL = 'serving'

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
  return readDone(task) === fingerprint
}

function readDone(task) {
  try {
    return readFileSync(fingerprintFile(task), 'utf8')
  } catch {
    return ''
  }
}

function markDone(task, fingerprint) {
  mkdirSync(dirname(fingerprintFile(task)), { recursive: true })
  writeFileSync(fingerprintFile(task), fingerprint)
}
