import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { link, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { ArchiveError, readArchive, type ArchiveContents } from './archive.ts'

/** Throws if the file exists and must not be replaced, or if its directory does not exist. */
export async function assertWritable(file: string, { force }: { force: boolean }): Promise<void> {
  const directory = await stat(dirname(file)).catch(() => undefined)
  if (!directory?.isDirectory()) throw new Error(`cannot write ${file}: there is no directory ${dirname(file)}`)
  const existing = await stat(file).catch(() => undefined)
  if (existing?.isDirectory()) throw new Error(`cannot write ${file}: it is a directory`)
  if (existing !== undefined && !force) throw existsError(file)
}

/**
 * Writes compressed bytes to a file of mode 0600, which appears under its name only when it is complete and on disk. An
 * existing one is never replaced without `force`.
 */
export async function writeNewFile(
  file: string,
  content: AsyncIterable<Buffer>,
  { force, signal }: { force: boolean; signal: AbortSignal },
): Promise<number> {
  await assertWritable(file, { force })
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}.${randomBytes(4).toString('hex')}`)
  try {
    const stream = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true })
    await pipeline(Readable.from(content, { objectMode: true }), createGzip(), stream, { signal })
    const { size } = await stat(draft)
    await publish(draft, file, force)
    return size
  } catch (error) {
    throw writeError(error, file)
  } finally {
    await rm(draft, { force: true })
  }
}

async function publish(draft: string, file: string, force: boolean): Promise<void> {
  // A link is never made over an existing file, whoever creates it meanwhile. Some file systems have no links.
  const linked = force || (await link(draft, file).then(() => true, isNotSupported))
  if (force || !linked) {
    if (!force) await assertWritable(file, { force })
    await rename(draft, file)
  }
  const directory = await open(dirname(file))
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

function isNotSupported(error: unknown): false {
  if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error))) return false
  throw error
}

function writeError(error: unknown, file: string): unknown {
  if (codeOf(error) === 'EEXIST') return existsError(file)
  if (codeOf(error) === 'ENOSPC') return new Error(`cannot write ${file}: the disk is full`, { cause: error })
  const isOfFile = error instanceof Error && 'syscall' in error && 'path' in error
  return isOfFile ? new Error(`cannot write ${file}: ${error.message}`, { cause: error }) : error
}

function existsError(file: string): Error {
  return new Error(`${file} exists: choose another name, or replace it with --force`)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** Opens a backup file for `work`. An `ArchiveError` that it throws names the file. */
export async function readBackupFile<T>(
  file: string,
  { signal }: { signal: AbortSignal },
  work: (archive: ArchiveContents) => Promise<T>,
): Promise<T> {
  const bytes = createGunzip()
  // Its errors appear where the bytes are read.
  const reading = pipeline(createReadStream(file), bytes, { signal }).catch(() => {})
  try {
    return await work(await readArchive(bytes))
  } catch (error) {
    if (error instanceof ArchiveError) throw new ArchiveError(`${file} ${error.message}`, { cause: error })
    const isOfFile = error instanceof Error && 'syscall' in error && 'path' in error && error.path === file
    throw isOfFile ? new Error(`cannot read ${file}: ${error.message}`, { cause: error }) : error
  } finally {
    bytes.destroy()
    await reading
  }
}
