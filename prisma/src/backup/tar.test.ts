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
