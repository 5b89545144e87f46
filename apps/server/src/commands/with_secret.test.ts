import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { withSecret } from './with_secret.ts'

const directory = await mkdtemp(join(tmpdir(), 'taskwire-secret-'))
afterAll(() => rm(directory, { recursive: true }))

const secret = 'a secret of thirty-two characters or more'

test('the secret of a backup is removed again where the database does not commit', async () => {
  const commits = withSecret(secret, directory, async (beforeCommit) => {
    await beforeCommit()
    expect(await readdir(directory)).not.toEqual([])
    throw new Error('the database went away')
  })
  await expect(commits).rejects.toThrow('the database went away')
  expect(await readdir(directory)).toEqual([])
})

test('it stays where the database commits, and a backup without one changes nothing', async () => {
  await withSecret(undefined, directory, (beforeCommit) => beforeCommit())
  expect(await readdir(directory)).toEqual([])
  expect(await withSecret(secret, directory, (beforeCommit) => beforeCommit().then(() => 'restored'))).toBe('restored')
  expect(await readdir(directory)).not.toEqual([])
})
