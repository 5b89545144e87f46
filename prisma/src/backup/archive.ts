import { createHash } from 'node:crypto'
import { z } from 'zod'
import { readTar, TAR_END, TarError, tarEntry, type TarEntry } from './tar.ts'

// The format of a backup (docs/decisions/031): a gzip-compressed tar archive of
//   manifest.json            what follows
//   secret                   the generated secret, if the installation has one
//   data/TABLE/00000001      the rows of a table in PostgreSQL's COPY text format, in parts
//   end.json                 rows per table, sequences, and the SHA-256 of every byte before it

/** The newest format that this version reads, and the one that it writes. */
export const FORMAT = 1

const PART_BYTES = 1024 * 1024
const MAX_ENTRY_BYTES = 64 * PART_BYTES

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  /** The version of Taskwire that wrote it. */
  version: z.string(),
  /** Contains every write that was committed before this time. */
  time: z.iso.datetime(),
  /** `version()` of the server, for a person who reads it. */
  server: z.string(),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })),
  /** Identifies the shared secret without giving it away; null if there was none. */
  secret_id: z.string().nullable(),
})
export type Manifest = z.infer<typeof manifestSchema>

const endSchema = z.object({
  rows: z.record(z.string(), z.number()),
  sequences: z.array(z.object({ name: z.string(), last_value: z.string(), is_called: z.boolean() })),
  sha256: z.string(),
})
export type ArchiveEnd = Omit<z.infer<typeof endSchema>, 'sha256'>

/** Thrown for a file that cannot be restored. The message is one line that completes "FILE ...". */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
}

export interface ArchiveContents {
  readonly manifest: Manifest
  readonly secret: string | undefined
  readonly rows: (table: Manifest['tables'][number]) => AsyncIterable<Buffer>
  /** Called after the rows of every table have been read. */
  readonly end: () => Promise<ArchiveEnd>
}

/** The bytes of an archive, before compression. */
export async function* writeArchive({ manifest, secret, rows, end }: ArchiveContents): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  const modified = new Date(manifest.time)
  for await (const entry of entries({ manifest, secret, rows, end })) {
    const bytes = tarEntry(entry, modified)
    hash.update(bytes)
    yield bytes
  }
  const last = { ...(await end()), sha256: hash.digest('hex') }
  yield tarEntry({ name: 'end.json', content: Buffer.from(JSON.stringify(last, null, 1)) }, modified)
  yield TAR_END
}

async function* entries({ manifest, secret, rows }: ArchiveContents): AsyncGenerator<TarEntry> {
  yield { name: 'manifest.json', content: Buffer.from(JSON.stringify(manifest, null, 1)) }
  if (secret !== undefined) yield { name: 'secret', content: Buffer.from(secret) }
  for (const table of manifest.tables) {
    let part = 0
    for await (const content of inParts(rows(table))) yield { name: partName(table.name, ++part), content }
  }
}

function partName(table: string, part: number): string {
  return `data/${table}/${String(part).padStart(8, '0')}`
}

/** A tar archive states the size of a file before its content, and the size of a table is not known beforehand. */
async function* inParts(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let collected: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    collected.push(chunk)
    size += chunk.length
    if (size < PART_BYTES) continue
    yield Buffer.concat(collected)
    collected = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(collected)
}

/**
 * Reads an archive. The rows of the tables have to be read in the order of the manifest, and `end` after them: only then
 * is it certain that the archive is whole. Throws `ArchiveError`.
 */
export async function readArchive(source: AsyncIterable<Buffer>): Promise<ArchiveContents> {
  const hash = createHash('sha256')
  const files = readTar(source, MAX_ENTRY_BYTES)
  const read = async () => {
    const { value } = await files.next().catch(explain)
    if (value === undefined) throw new ArchiveError('is cut short')
    if (value.name !== 'end.json') hash.update(value.raw)
    return value
  }
  const first = await read()
  if (first.name !== 'manifest.json') throw new ArchiveError('is not a backup of Taskwire')
  const manifest = parsedManifest(first.content)
  let next = await read()
  const secret = next.name === 'secret' ? next.content.toString() : undefined
  if (secret !== undefined) next = await read()
  return {
    manifest,
    secret,
    async *rows({ name }) {
      for (let part = 1; next.name === partName(name, part); part++) {
        yield next.content
        next = await read()
      }
    },
    async end() {
      if (next.name !== 'end.json') throw new ArchiveError(`is damaged: ${next.name} was not expected`)
      const { sha256, ...end } = parsed(endSchema, next.content)
      if (sha256 !== hash.digest('hex')) throw new ArchiveError('is damaged: its checksum does not match')
      const { done } = await files.next().catch(explain)
      if (done !== true) throw new ArchiveError('is damaged: something follows its end')
      return end
    },
  }
}

function parsedManifest(content: Buffer): Manifest {
  const { format, version } = parsed(z.object({ format: z.number(), version: z.string() }), content)
  if (format > FORMAT) throw new ArchiveError(`was made by a newer version (${version}): restore it with that version`)
  return parsed(manifestSchema, content)
}

function parsed<Schema extends z.ZodType>(schema: Schema, content: Buffer): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(content.toString()))
  } catch (error) {
    throw new ArchiveError('is damaged: a description in it cannot be read', { cause: error })
  }
}

/** zlib's errors and those of the tar format as an `ArchiveError`; others as they are. */
function explain(error: unknown): never {
  if (error instanceof TarError) throw new ArchiveError(error.message, { cause: error })
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'Z_BUF_ERROR') throw new ArchiveError('is cut short', { cause: error })
  if (typeof code === 'string' && code.startsWith('Z_')) {
    throw new ArchiveError('is damaged or is not a backup of Taskwire', { cause: error })
  }
  throw error
}
