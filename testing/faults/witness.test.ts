import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from './until.ts'
import { acknowledgedIn, compare, Witness } from './witness.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskwire-witness-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('a journal returns its records in order, even if it was reopened', async () => {
  const path = join(folder, 'continued')
  for (const round of ['a', 'b']) {
    await using witness = await Witness.open(path)
    await Promise.all([1, 2, 3].map((n) => witness.record({ key: `${round}${n}`, value: `it's\n"${n}"` })))
  }
  const read = await acknowledgedIn(path)
  expect(read.map(({ key }) => key)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3'])
  expect(read[3]).toEqual({ key: 'b1', value: 'it\'s\n"1"' })
})

test('an acknowledgement is in the file when record resolves', async () => {
  const path = join(folder, 'moment')
  await using witness = await Witness.open(path)
  for (let i = 0; i < 200; i += 1) {
    await witness.record({ key: `k${i}` })
    expect(readFileSync(path, 'utf8').endsWith(`{"key":"k${i}"}\n`)).toBe(true)
  }
})

test('a line truncated by a crash does not count and does not corrupt the next one', async () => {
  const path = join(folder, 'torn')
  {
    await using witness = await Witness.open(path)
    await witness.record({ key: 'whole' })
  }
  await appendFile(path, '{"key":"to')
  expect(await acknowledgedIn(path)).toEqual([{ key: 'whole' }])
  {
    await using witness = await Witness.open(path)
    await witness.record({ key: 'next' })
  }
  expect(await acknowledgedIn(path)).toEqual([{ key: 'whole' }, { key: 'next' }])
})

test('a journal that does not exist is empty', async () => {
  expect(await acknowledgedIn(join(folder, 'absent'))).toEqual([])
})

test('the journal of a killed client has everything acknowledged to it', async () => {
  const path = join(folder, 'killed')
  const module = new URL('witness.ts', import.meta.url).href
  const program = `
    import { Witness } from ${JSON.stringify(module)}
    const witness = await Witness.open(${JSON.stringify(path)})
    const record = async (key) => { await witness.record({ key }); console.log(key) }
    for (let i = 0; ; i += 3) await Promise.all([record('k' + i), record('k' + (i + 1)), record('k' + (i + 2))])`
  const client = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  client.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until('a hundred acknowledgements', () => said.split('\n').length > 100)
  client.kill('SIGKILL')
  await once(client, 'close')
  const told = said.split('\n').slice(0, -1)
  const kept = new Set((await acknowledgedIn(path)).map(({ key }) => key))
  expect(told.filter((key) => !kept.has(key))).toEqual([])
})

test('compare distinguishes lost, duplicate, altered and unconfirmed writes', () => {
  const acknowledged = [{ key: 'kept', value: '1' }, { key: 'lost' }, { key: 'twice' }, { key: 'other', value: 'x' }]
  const present = [
    { key: 'kept', value: '1' },
    { key: 'twice' },
    { key: 'twice' },
    { key: 'other', value: 'y' },
    { key: 'unanswered' },
  ]
  expect(compare(acknowledged, present)).toEqual({
    acknowledged: 4,
    lost: ['lost'],
    doubled: ['twice'],
    altered: ['other'],
    unconfirmed: ['unanswered'],
  })
})
