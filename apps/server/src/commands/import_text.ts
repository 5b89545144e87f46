import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { decodeFile } from '@taskwire/api'
import { callersPath } from '../config/env.ts'
import { CommandError } from './run_command.ts'

export interface ImportTextOptions {
  /** What is read where the path is `-`. */
  readonly input: Readable
  /** In bytes. */
  readonly limit: number
}

/** The text of a file to import. At most a chunk is read beyond the limit: what is piped, also by a named pipe, may never end. */
export async function importText(path: string, { input, limit }: ImportTextOptions): Promise<string> {
  const [name, stream] = path === '-' ? ['standard input', input] : [path, createReadStream(callersPath(path))]
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream.iterator()) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > limit) throw new CommandError(`${name} has more than ${limit / 2 ** 20} MB: split it`)
    chunks.push(bytes)
  }
  return decodeFile(Buffer.concat(chunks))
}
