import { expect, test } from 'vitest'
import { readTar, TAR_END, tarEntry } from './tar.ts'

const archive = [tarEntry({ name: 'one', content: Buffer.from('12345') }, new Date(0)), TAR_END]

async function* piecesOf(buffers: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* buffers
}

async function filesIn(buffers: readonly Buffer[], maxBytes: number): Promise<string[]> {
  const files: string[] = []
  for await (const { name, content } of readTar(piecesOf(buffers), maxBytes))
    files.push(`${name}: ${content.toString()}`)
  return files
}

test('a file may be as large as the reader allows, and a larger one is refused by what its header says', async () => {
  expect(await filesIn(archive, 5)).toEqual(['one: 12345'])
  await expect(filesIn(archive, 4)).rejects.toThrow('is not a backup of Taskwire')
})

test('an archive that ends before its end is cut short', async () => {
  await expect(filesIn(archive.slice(0, 1), 5)).rejects.toThrow('is cut short')
})

test('what follows the end is read too, where a compressed stream has its own checksum', async () => {
  let isRead = false
  async function* source(): AsyncGenerator<Buffer> {
    yield* archive
    yield Buffer.from('something')
    isRead = true
  }
  for await (const { name } of readTar(source(), 5)) expect(name).toBe('one')
  expect(isRead).toBe(true)
})

test('pieces of any size make the same files', async () => {
  const files = [tarEntry({ name: 'two', content: Buffer.alloc(512, 'y') }, new Date(0)), ...archive]
  const whole = Buffer.concat(files)
  for (const size of [1, 100, 512, 513, whole.length]) {
    const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
      whole.subarray(at * size, (at + 1) * size),
    )
    expect(await filesIn(pieces, 512)).toEqual([`two: ${'y'.repeat(512)}`, 'one: 12345'])
  }
})

test('a header whose checksum is wrong is refused', async () => {
  const [first = Buffer.alloc(0)] = archive
  const changed = Buffer.from(first)
  changed.write('0', 130)
  changed.write('z', 0)
  await expect(filesIn([changed, TAR_END], 5)).rejects.toThrow('is not a backup of Taskwire')
})

test('a file is of its owner only and has its time, and its name must fit', () => {
  const entry = tarEntry({ name: 'x'.repeat(99), content: Buffer.alloc(0) }, new Date(1_700_000_000_999))
  expect(entry.toString('latin1', 100, 107)).toBe('0000600')
  expect(Number.parseInt(entry.toString('latin1', 136, 147), 8)).toBe(1_700_000_000)
  expect(() => tarEntry({ name: 'x'.repeat(100), content: Buffer.alloc(0) }, new Date(0))).toThrow('too long')
})
