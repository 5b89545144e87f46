import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeTextFile } from './new_text_file.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'taskwire-text-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

const { signal } = new AbortController()

async function* two(): AsyncGenerator<string> {
  yield 'one '
  yield 'two'
}

test('a file is written whole, for its owner alone, and nothing else is left', async () => {
  const directory = folder()
  const file = join(directory, 'tasks.json')
  await writeTextFile(file, { content: two(), force: false, signal })
  expect(readFileSync(file, 'utf8')).toBe('one two')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(directory)).toEqual(['tasks.json'])
})

test('a file appears under its name only when it is complete', async () => {
  const directory = folder()
  const file = join(directory, 'tasks.json')
  writeFileSync(file, 'before')
  async function* content(): AsyncGenerator<string> {
    yield 'after'
    expect(readFileSync(file, 'utf8')).toBe('before')
  }
  await writeTextFile(file, { content: content(), force: true, signal })
  expect(readFileSync(file, 'utf8')).toBe('after')
})

test('an existing file is replaced only by force, and a directory never', async () => {
  const directory = folder()
  const file = join(directory, 'tasks.json')
  writeFileSync(file, 'before')
  await expect(writeTextFile(file, { content: two(), force: false, signal })).rejects.toThrow('exists: give --force')
  await expect(writeTextFile(directory, { content: two(), force: true, signal })).rejects.toThrow('it is a directory')
  expect(readFileSync(file, 'utf8')).toBe('before')
})

test.each([
  ['fails', () => Promise.reject(new Error('the database is away')), 'the database is away'],
  ['is stopped', async (stopped: AbortController) => stopped.abort(), 'aborted'],
])('an export that %s leaves what was there, and no draft', async (_, work, message) => {
  const directory = folder()
  const file = join(directory, 'tasks.json')
  writeFileSync(file, 'before')
  const stopped = new AbortController()
  async function* content(): AsyncGenerator<string> {
    yield 'half'
    await work(stopped)
    yield 'rest'
  }
  const written = writeTextFile(file, { content: content(), force: true, signal: stopped.signal })
  await expect(written).rejects.toThrow(message)
  expect(readFileSync(file, 'utf8')).toBe('before')
  expect(readdirSync(directory)).toEqual(['tasks.json'])
})
