// `pnpm pack:taskwire [FOLDER]`: builds the package `taskwire` and packs it into FOLDER (dist).
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, INSTALLED, SERVED_FILES } from '../../apps/server/bundle.mjs'
import { contents } from '../../packages/guide/src/contents.ts'
import { openSite } from '../../packages/guide/src/index.ts'
import { NODE_PACKAGES, NODE_VERSION } from '../node_packages.mjs'
import { root } from '../progress.mjs'

/** What the package has besides the bundle, as it lies in the repository. */
const FILES = [
  ...['commands', 'env_file', 'heap', 'node_packages', 'progress', 'run_program'].map((name) => `scripts/${name}.mjs`),
  ...['taskwire', 'npx', 'stop_with_parent'].map((name) => `scripts/package/${name}.mjs`),
  'apps/web/dist',
  'prisma/migrations',
  'packages/guide/assets',
  'docs',
]
/** Writes the package, unpacked, into `directory`. */
export async function writePackage(directory) {
  await bundle(join(directory, 'dist'), directory)
  for (const file of [...FILES, ...(await guideFiles())]) {
    cpSync(join(root, file), join(directory, file), { recursive: true, filter: isOurs })
  }
  chmodSync(join(directory, 'scripts/package/taskwire.mjs'), 0o755)
  for (const [name, files] of Object.entries(SERVED_FILES)) {
    const from = join(packageOf(name), 'node_modules', name)
    for (const file of files) cpSync(join(from, file), join(directory, 'served', name, file), { recursive: true })
  }
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`)
}

/** The pages of the guide, and the files that they link to. */
async function guideFiles() {
  const pages = contents(root).flatMap(({ pages: own }) => own.map(({ file }) => file))
  const paths = await openSite({ root, base: '' }).paths()
  return [...pages, ...paths.filter((path) => path.startsWith('files/')).map((path) => path.slice('files/'.length))]
}

/** Packs the package into `folder` and returns the path of the tarball. */
export async function packTaskwire(folder) {
  const directory = mkdtempSync(join(tmpdir(), 'taskwire-package-'))
  try {
    await writePackage(directory)
    mkdirSync(folder, { recursive: true })
    const output = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
      cwd: directory,
      encoding: 'utf8',
    })
    return join(folder, output.trim())
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function manifest() {
  const { version, description, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const database = createRequire(join(root, 'prisma/package.json'))
  const installed = INSTALLED.map((name) => [name, versionOf(database, name)])
  return {
    name: 'taskwire',
    version,
    description,
    license,
    type: 'module',
    bin: { taskwire: 'scripts/package/taskwire.mjs' },
    engines: { node: '>=20.12' },
    dependencies: Object.fromEntries(installed),
    optionalDependencies: Object.fromEntries(NODE_PACKAGES.map((name) => [name, NODE_VERSION])),
  }
}

function isOurs(path) {
  return basename(path) !== 'node_modules'
}

/** The package of the workspace that depends on it. */
function packageOf(name) {
  return join(
    root,
    ['apps/server', 'packages/guide'].find((directory) => existsSync(join(root, directory, 'node_modules', name))),
  )
}

function versionOf(from, name) {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'prisma/package.json'), 'utf8'))
  if (dependencies[name] === undefined) throw new Error(`${name} is no dependency of prisma/package.json`)
  return JSON.parse(readFileSync(join(dirname(from.resolve(name)), '../package.json'), 'utf8')).version
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await packTaskwire(resolve(process.argv[2] ?? join(root, 'dist')))}\n`)
}
