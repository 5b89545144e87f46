import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

const MAX_BYTES = 256 * 1024 * 1024

// The databases of a cluster are nearly identical. A window that spans them stores their common part once.
const COMPRESSION = {
  [constants.ZSTD_c_compressionLevel]: 19,
  [constants.ZSTD_c_windowLog]: 27,
  [constants.ZSTD_c_enableLongDistanceMatching]: 1,
}

/** The files that a server rewrites at each start: the lock, its log, and the options and paths it was started with. */
const REWRITTEN = ['./lock', './postgres/server.log', './postgres/data/postmaster.opts']

/** Packs the data directory of a stopped server into one compressed file. */
export function packDirectory(directory: string, file: string): void {
  const excluded = REWRITTEN.map((path) => `--exclude=${path}`)
  const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
  const tar = execFileSync('tar', ['-c', '-f', '-', '-C', directory, ...excluded, ...reproducible, '.'], {
    maxBuffer: MAX_BYTES,
  })
  writeFileSync(file, zstdCompressSync(tar, { params: COMPRESSION }))
}

/** Unpacks it into a new temporary directory that PostgreSQL's account can access. */
export async function unpackDirectory(file: string): Promise<string> {
  const directory = await openTemporaryDirectory()
  const data = join(directory, 'data')
  mkdirSync(data)
  const params = { [constants.ZSTD_d_windowLogMax]: 27 }
  const tar = zstdDecompressSync(readFileSync(file), { params, maxOutputLength: MAX_BYTES })
  execFileSync('tar', ['-x', '-p', '-f', '-', '-C', data], { input: tar })
  return data
}

/** mkdtemp gives mode 700. As root, the embedded PostgreSQL runs as another account and would be moved elsewhere. */
export async function openTemporaryDirectory(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'taskwire-data-'))
  await chmod(directory, 0o755)
  return directory
}
