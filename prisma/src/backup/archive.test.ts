import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { ArchiveError, readArchive, writeArchive, type ArchiveContents } from './archive.ts'
import { readTar, TAR_END, tarEntry, type TarEntry } from './tar.ts'

const PART = 1024 * 1024

const manifest = {
  format: 1 as const,
  version: '1.2.3',
  time: '2026-01-02T03:04:05.678Z',
  server: 'PostgreSQL 18',
  migrations: [{ name: 'first', checksum: 'c' }],
  tables: [
    { name: 'task', columns: ['id'] },
    { name: 'empty', columns: [] },
    { name: 'user', columns: ['id'] },
  ],
  secret_id: null,
}
const end = { rows: { task: 2, empty: 0, user: 1 }, sequences: [] }

async function* chunks(...sizes: (number | string)[]): AsyncGenerator<Buffer> {
  for (const size of sizes) yield typeof size === 'string' ? Buffer.from(size) : Buffer.alloc(size, 'x')
}

function contents(rows: Record<string, AsyncIterable<Buffer>>, secret?: string): ArchiveContents {
  return { manifest, secret, rows: ({ name }) => rows[name] ?? chunks(), end: async () => end }
}

const collected = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = []
  for await (const value of values) found.push(value)
  return found
}

const entriesOf = async (archive: AsyncIterable<Buffer>) =>
  (await collected(readTar(archive, 64 * PART))).map(({ name, content }) => ({ name, content }))

async function* bytesOf(entries: readonly TarEntry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) yield tarEntry(entry, new Date(manifest.time))
  yield TAR_END
}

/** What reading an archive to its end fails with, or its rows by table. */
async function read(archive: AsyncIterable<Buffer>): Promise<unknown> {
  try {
    const { manifest: its, rows, end: atEnd, secret } = await readArchive(archive)
    const found: Record<string, number> = {}
    for (const table of its.tables) found[table.name] = Buffer.concat(await collected(rows(table))).length
    return { secret, found, end: await atEnd() }
  } catch (error) {
    if (error instanceof ArchiveError) return error.message
    throw error
  }
}

test('rows are stored in parts of a megabyte or a little more, and read as they were', async () => {
  const rows = { task: chunks(PART - 1, 1, PART + 5, 7), user: chunks('ann') }
  const entries = await entriesOf(writeArchive(contents(rows, 'the secret')))
  expect(entries.map(({ name, content }) => [name, content.length]).slice(1, -1)).toEqual([
    ['secret', 10],
    ['data/task/00000001', PART],
    ['data/task/00000002', PART + 5],
    ['data/task/00000003', 7],
    ['data/user/00000001', 3],
  ])
  expect(await read(bytesOf(entries))).toMatchObject({
    secret: 'the secret',
    found: { task: 2 * PART + 12, empty: 0, user: 3 },
    end,
  })
})

test('an archive without a secret has none', async () => {
  expect(await read(writeArchive(contents({ user: chunks('ann') })))).toMatchObject({
    secret: undefined,
    found: { user: 3 },
  })
})

/** The files of a good archive, changed, with a checksum that is right. */
async function changed(change: (entries: TarEntry[]) => TarEntry[]): Promise<AsyncGenerator<Buffer>> {
  const entries = await entriesOf(writeArchive(contents({ task: chunks('a'), user: chunks('b') })))
  const before = change(entries.slice(0, -1))
  const hash = createHash('sha256')
  for (const entry of before) hash.update(tarEntry(entry, new Date(manifest.time)))
  const last = { ...end, sha256: hash.digest('hex') }
  return bytesOf([...before, { name: 'end.json', content: Buffer.from(JSON.stringify(last)) }])
}

test('what belongs to no table of the manifest is refused', async () => {
  expect(await read(await changed((entries) => entries))).toMatchObject({ found: { task: 1, user: 1 } })
  const more = { name: 'data/other/00000001', content: Buffer.from('x') }
  expect(await read(await changed((entries) => [...entries, more]))).toBe(
    'is damaged: data/other/00000001 was not expected',
  )
  const second = { name: 'data/user/00000003', content: Buffer.from('x') }
  expect(await read(await changed((entries) => [...entries, second]))).toBe(
    'is damaged: data/user/00000003 was not expected',
  )
})

test('something after the end is refused', async () => {
  const entries = await entriesOf(writeArchive(contents({})))
  const after = { name: 'data/task/00000001', content: Buffer.from('x') }
  expect(await read(bytesOf([...entries, after]))).toBe('is damaged: something follows its end')
})

test('a file that is too large to be read at once is refused by its header', async () => {
  async function* large(): AsyncGenerator<Buffer> {
    const header = tarEntry({ name: 'manifest.json', content: Buffer.alloc(0) }, new Date(0))
    header.write((64 * PART + 1).toString(8).padStart(11, '0'), 124)
    header.write('        ', 148)
    const sum = header.reduce((all, byte) => all + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    yield header
    throw new Error('more was read')
  }
  expect(await read(large())).toBe('is not a backup of Taskwire')
})

test.each([
  ['Z_BUF_ERROR', 'is cut short'],
  ['Z_DATA_ERROR', 'is damaged or is not a backup of Taskwire'],
])('%s of the compression: the file %s', async (code, message) => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(0)
    throw Object.assign(new Error(code), { code })
  }
  expect(await read(failing())).toBe(message)
})

test('an error of the disk stays what it is', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(0)
    throw Object.assign(new Error('read'), { code: 'EIO' })
  }
  await expect(read(failing())).rejects.toMatchObject({ code: 'EIO' })
})
