import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CommandError } from './run_command.ts'

export interface NewTextFile {
  readonly content: AsyncIterable<string>
  /** Whether an existing file is replaced. */
  readonly force: boolean
  readonly signal: AbortSignal
}

/** Writes a file of mode 0600, which appears under its name only when it is complete. */
export async function writeTextFile(file: string, { content, force, signal }: NewTextFile): Promise<void> {
  const existing = await stat(file).catch(() => undefined)
  if (existing?.isDirectory()) throw new CommandError(`cannot write ${file}: it is a directory`)
  if (existing !== undefined && !force) throw new CommandError(`${file} exists: give --force to replace it`)
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}.${randomBytes(4).toString('hex')}`)
  try {
    const stream = createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true })
    await pipeline(Readable.from(content), stream, { signal })
    await rename(draft, file)
  } finally {
    await rm(draft, { force: true })
  }
}
