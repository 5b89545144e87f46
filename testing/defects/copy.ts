import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A copy of the sources as they are now, with the installed packages: defects are planted there. */
export async function copySources(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'taskwire-defects-'))
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  const files = listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))
  for (const file of files) await cp(join(root, file), join(copy, file))
  await cp(join(root, 'prisma/generated'), join(copy, 'prisma/generated'), { recursive: true })
  const folders = new Set(files.filter((file) => file.endsWith('package.json')).map((file) => dirname(file)))
  for (const folder of folders) await linkPackages(join(root, folder), join(copy, folder))
  await linkEntries(join(root, '.tools'), join(copy, '.tools'))
  return copy
}

export async function removeCopy(copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}

/** The links of a package to others are relative, so in the copy they lead to the copy's packages. */
async function linkPackages(from: string, to: string): Promise<void> {
  const [source, target] = [join(from, 'node_modules'), join(to, 'node_modules')]
  if (!existsSync(source)) return
  await mkdir(target, { recursive: true })
  for (const { name } of await readdir(source, { withFileTypes: true })) {
    // The store of all packages, which is large, is used in place.
    if (name === '.pnpm') await symlink(join(source, name), join(target, name))
    else if (name === '.bin' || !name.startsWith('.')) {
      await cp(join(source, name), join(target, name), { recursive: true, verbatimSymlinks: true })
    }
  }
}

async function linkEntries(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const name of await readdir(from)) await symlink(join(from, name), join(to, name))
}
