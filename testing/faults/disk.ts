import { execFile } from 'node:child_process'
import { chmod, mkdtemp, open, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isRoot } from './child.ts'

const FILLER = 'filler'

/**
 * A small disk in memory for a server's files, which a test can fill up. It requires root and the right to mount:
 * `start` rejects with the reason if either is missing. The proxy can then inject the error instead
 * (`POSTGRES_ERRORS.disk_full`). Dispose of its users first.
 */
export class SmallDisk implements AsyncDisposable {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async start(megabytes: number): Promise<SmallDisk> {
    if (!isRoot()) throw new Error('a disk can be mounted by root only')
    const path = await mkdtemp(join(tmpdir(), 'taskwire-disk-'))
    try {
      await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', path])
      await chmod(path, 0o777)
      return new SmallDisk(path)
    } catch (error) {
      await rmdir(path)
      throw new Error(`no disk can be mounted here: ${String(error)}`, { cause: error })
    }
  }

  /** Uses up all free space. */
  async fill(): Promise<void> {
    const file = await open(join(this.path, FILLER), 'a')
    try {
      for (const size of [1 << 20, 4096]) await writeUntilFull(file, Buffer.alloc(size))
    } finally {
      await file.close()
    }
  }

  /** Frees the space. */
  async restore(): Promise<void> {
    await rm(join(this.path, FILLER), { force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await promisify(execFile)('umount', ['--lazy', this.path])
    await rmdir(this.path)
  }
}

async function writeUntilFull(file: { write(block: Buffer): Promise<unknown> }, block: Buffer): Promise<void> {
  for (;;) {
    try {
      await file.write(block)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return
      throw error
    }
  }
}

/** The reason why small disks are unavailable here; undefined if they are available. */
export async function noSmallDisk(): Promise<string | undefined> {
  try {
    await (await SmallDisk.start(1))[Symbol.asyncDispose]()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
