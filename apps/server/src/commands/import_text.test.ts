import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { importText } from './import_text.ts'

const MEGABYTE = 2 ** 20
const nothing = () => Readable.from([])

function fileOf(bytes: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'taskwire-import-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'tasks.csv')
  writeFileSync(file, bytes)
  return file
}

test('what is piped is read no further than the limit, and is then left', async () => {
  let pulled = 0
  const input = new Readable({
    highWaterMark: 1,
    read() {
      // It ends at all so that a reader that goes on ends as well.
      this.push(++pulled > 100 ? null : Buffer.alloc(MEGABYTE / 2))
    },
  })
  await expect(importText('-', { input, limit: 2 * MEGABYTE })).rejects.toMatchObject({
    name: 'CommandError',
    message: 'standard input has more than 2 MB: split it',
  })
  // Four chunks fill the limit, the fifth exceeds it, and a stream reads one ahead.
  expect(pulled).toBeLessThanOrEqual(6)
  expect(input.destroyed).toBe(true)
})

test('what is piped counts in bytes, and may fill the limit', async () => {
  const chunks = () => Readable.from([Buffer.from('tit'), Buffer.from('le\n'), Buffer.from('ä')])
  expect(await importText('-', { input: chunks(), limit: 8 })).toBe('title\nä')
  await expect(importText('-', { input: chunks(), limit: 7 })).rejects.toThrow('split it')
})

test('a character that two chunks share is read whole', async () => {
  const [first, second] = Buffer.from('ä')
  const input = Readable.from([Buffer.of(first ?? 0), Buffer.of(second ?? 0)])
  expect(await importText('-', { input, limit: 100 })).toBe('ä')
})

test('a pipe that breaks fails the import: what came of it is not all', async () => {
  async function* broken() {
    yield Buffer.from('title\nMilk\n')
    throw new Error('read EIO')
  }
  await expect(importText('-', { input: Readable.from(broken()), limit: 100 })).rejects.toThrow('read EIO')
})

test('a file may fill the limit, and one that exceeds it is refused by its name', async () => {
  const file = fileOf(new Uint8Array(MEGABYTE).fill(120))
  const input = nothing()
  expect(await importText(file, { input, limit: MEGABYTE })).toHaveLength(MEGABYTE)
  await expect(importText(file, { input, limit: MEGABYTE / 2 })).rejects.toMatchObject({
    name: 'CommandError',
    message: `${file} has more than 0.5 MB: split it`,
  })
  expect(input.destroyed).toBe(false)
})

test('a file is decoded as what it was written in', async () => {
  const utf16 = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from('title\nMülch', 'utf16le')])
  expect(await importText(fileOf(utf16), { input: nothing(), limit: 100 })).toBe('title\nMülch')
})

test('a file that is missing, and one that is a folder, fails with what the system says', async () => {
  const limits = { input: nothing(), limit: 100 }
  await expect(importText('/no/such/tasks.csv', limits)).rejects.toThrow(/ENOENT.*\/no\/such\/tasks\.csv/)
  await expect(importText(tmpdir(), limits)).rejects.toThrow('EISDIR')
})
