import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { ArchiveError } from './archive.ts'
import { assertWritable, readBackupFile, writeNewFile } from './file.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tw-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
})

const { signal } = new AbortController()
const write = (file: string, content: AsyncIterable<Buffer>, force = false) =>
  writeNewFile(file, content, { force, signal })

async function* content(text = 'content', before?: () => Promise<unknown>): AsyncGenerator<Buffer> {
  await before?.()
  yield Buffer.from(text)
}

test('a file appears under its name only when it is complete, and its size is returned', async () => {
  const file = join(directory, 'backup')
  const seen: string[][] = []
  const size = await write(
    file,
    content('content', async () => seen.push(await readdir(directory))),
  )
  expect(seen).toEqual([[expect.stringMatching(/^\.backup\.\d+\.[0-9a-f]{8}$/)]])
  expect(await readdir(directory)).toEqual(['backup'])
  expect(gunzipSync(await readFile(file)).toString()).toBe('content')
  expect(size).toBe((await stat(file)).size)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a file that somebody else creates meanwhile is not replaced', async () => {
  const file = join(directory, 'backup')
  const written = write(
    file,
    content('content', () => writeFile(file, 'precious')),
  )
  await expect(written).rejects.toThrow(`${file} exists: choose another name, or replace it with --force`)
  expect(await readFile(file, 'utf8')).toBe('precious')
  expect(await readdir(directory)).toEqual(['backup'])
  await write(file, content(), true)
  expect(gunzipSync(await readFile(file)).toString()).toBe('content')
  expect(await readdir(directory)).toEqual(['backup'])
})

test('what fails while it is written leaves what was there, and nothing else', async () => {
  const file = join(directory, 'backup')
  await writeFile(file, 'precious')
  const failing = content('', () => Promise.reject(new Error('the database is lost')))
  await expect(write(file, failing, true)).rejects.toThrow('the database is lost')
  const full = content('', () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOSPC' })))
  await expect(write(file, full, true)).rejects.toThrow(`cannot write ${file}: the disk is full`)
  expect(await readFile(file, 'utf8')).toBe('precious')
  expect(await readdir(directory)).toEqual(['backup'])
})

test('where a backup cannot be written is said before it begins', async () => {
  const file = join(directory, 'backup')
  await writeFile(file, '')
  await expect(assertWritable(file, { force: false })).rejects.toThrow('exists')
  await expect(assertWritable(file, { force: true })).resolves.toBeUndefined()
  await expect(assertWritable(join(file, 'x'), { force: true })).rejects.toThrow(`there is no directory ${file}`)
  await mkdir(join(directory, 'folder'))
  await expect(assertWritable(join(directory, 'folder'), { force: true })).rejects.toThrow('it is a directory')
})

test('a file that cannot be read is named, and so is one that is no backup', async () => {
  const read = (file: string) => readBackupFile(file, { signal }, async () => 'read')
  const absent = join(directory, 'absent')
  await expect(read(absent)).rejects.toThrow(`cannot read ${absent}: ENOENT`)
  const file = join(directory, 'other')
  await writeFile(file, 'hello')
  await expect(read(file)).rejects.toThrow(new ArchiveError(`${file} is damaged or is not a backup of Taskwire`))
  await symlink(directory, join(directory, 'folder'))
  await expect(read(join(directory, 'folder'))).rejects.toThrow(/cannot read|EISDIR/)
})
