import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tryToLink } from './binaries.ts'
import { instanceDirOf } from './instance_dir.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tw-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  // If the tests run as root, the server's account needs access.
  await chmod(path, 0o755)
  return path
}

/** A package of PostgreSQL whose install script did not run, in folders that nobody can write. */
async function unlinkedPackage(): Promise<string> {
  const native = join(await folder(), 'native')
  await mkdir(join(native, 'lib'), { recursive: true })
  await mkdir(join(native, 'bin'))
  await writeFile(join(native, 'bin/postgres'), '', { mode: 0o755 })
  await writeFile(join(native, 'lib/libpq.so.5'), 'library')
  const links = [{ source: 'native/lib/libpq.so.5', target: 'native/lib/libpq.so' }]
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links))
  for (const path of ['lib', 'bin', '.']) await chmod(join(native, path), 0o555)
  onTestFinished(async () => {
    for (const path of ['.', 'lib', 'bin']) await chmod(join(native, path), 0o755)
  })
  return native
}

/** Root may write everywhere. */
async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work()
  process.seteuid?.(65_534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

test('binaries without links in a folder that cannot be written are copied beside the data, with links', async () => {
  const directory = await unlinkedPackage()
  const isLinked = await asOrdinaryUser(() => tryToLink(directory))
  expect(isLinked).toBe(false)
  const dataDir = await folder()
  const { binaries } = await instanceDirOf(dataDir, () => {}, { directory, version: '18', isLinked })
  expect(binaries).toBe(join(dataDir, 'postgres/native/bin'))
  const link = join(dirname(binaries), 'lib/libpq.so')
  expect(await readFile(link, 'utf8')).toBe('library')
  expect(await realpath(link)).toBe(await realpath(join(dirname(binaries), 'lib/libpq.so.5')))
})

test('links are made once, also by processes that start at once', async () => {
  const directory = await unlinkedPackage()
  await chmod(join(directory, 'lib'), 0o755)
  expect(await Promise.all([tryToLink(directory), tryToLink(directory), tryToLink(directory)])).toEqual([
    true,
    true,
    true,
  ])
  expect(await readFile(join(directory, 'lib/libpq.so'), 'utf8')).toBe('library')
})

test('a copy of the binaries is made anew for another version only, and holds no libraries to link with', async () => {
  const directory = await unlinkedPackage()
  await chmod(join(directory, 'lib'), 0o755)
  await writeFile(join(directory, 'lib/libpq.a'), 'static')
  const dataDir = await folder()
  const copied = (version: string) => instanceDirOf(dataDir, () => {}, { directory, version, isLinked: false })
  const { binaries } = await copied('18')
  const lib = join(dirname(binaries), 'lib')
  expect(await readdir(lib)).not.toContain('libpq.a')
  await writeFile(join(lib, 'mark'), '')
  await copied('18')
  expect(await readdir(lib)).toContain('mark')
  await copied('19')
  expect(await readdir(lib)).not.toContain('mark')
  expect(await readFile(join(dirname(binaries), 'version'), 'utf8')).toBe('19')
  expect(existsSync(`${dirname(binaries)}.new`)).toBe(false)
})

test('what an interrupted copy has left is not part of the next one', async () => {
  const directory = await unlinkedPackage()
  const dataDir = await folder()
  const left = join(dataDir, 'postgres/native.new')
  await mkdir(left, { recursive: true })
  await writeFile(join(left, 'half'), '')
  const { binaries } = await instanceDirOf(dataDir, () => {}, { directory, version: '18', isLinked: false })
  expect(existsSync(join(dirname(binaries), 'half'))).toBe(false)
})

test.runIf(process.getuid?.() === 0)(
  'the copy and the folder belong to the account of the server, and only it enters',
  async () => {
    const directory = await unlinkedPackage()
    const dataDir = await folder()
    const at = await instanceDirOf(dataDir, () => {}, { directory, version: '18', isLinked: false })
    expect(at.account?.uid).toBeGreaterThan(0)
    for (const path of [at.directory, at.binaries, join(at.binaries, 'postgres')])
      expect((await stat(path)).uid, path).toBe(at.account?.uid)
    expect((await stat(at.directory)).mode & 0o777).toBe(0o700)
  },
)
