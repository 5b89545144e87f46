import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { envFrom } from './env.ts'
import { formerSecretBytes, replaceStoredSecret, secretId, sharedSecret, storedSecret } from './secret.ts'

const SECRET = 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe'
const OTHER = 'Zx9Kq2Lm7Vb4Nc1Rt8Wp5Ys3Df6Gh0Ju'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'taskwire-secret-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

const file = () => join(dataDir, 'secret')
const modeOf = async () => (await stat(file())).mode & 0o777

test('processes that start together leave one file with one secret', async () => {
  const env = envFrom({ TASKWIRE_DATA_DIR: dataDir })
  const secrets = await Promise.all(Array.from({ length: 8 }, () => sharedSecret(env)))
  expect(new Set(secrets.map((bytes) => Buffer.from(bytes).toString())).size).toBe(1)
  expect(await readdir(dataDir)).toEqual(['secret'])
  expect(await storedSecret(dataDir)).toBe(Buffer.from(secrets[0] ?? []).toString())
})

test('a secret that was stored by hand is read without the end of its line', async () => {
  await writeFile(file(), `${SECRET}\n`)
  expect(Buffer.from(await sharedSecret(envFrom({ TASKWIRE_DATA_DIR: dataDir }))).toString()).toBe(SECRET)
})

test.each(['file', 'file/below'])(
  'a folder that is a file, or below one, is a problem of the configuration: %s',
  async (name) => {
    await writeFile(join(dataDir, 'file'), '')
    const secret = sharedSecret(envFrom({ TASKWIRE_DATA_DIR: join(dataDir, name) }))
    await expect(secret).rejects.toMatchObject({
      name: 'ConfigurationError',
      problems: [expect.stringMatching(/^TASKWIRE_DATA_DIR must be a directory that can be written: ENOTDIR/)],
    })
  },
)

test('a secret that is put into a folder is read by its owner alone, and can be replaced by the one before', async () => {
  expect(await storedSecret(dataDir)).toBeUndefined()
  const removeIt = await replaceStoredSecret(dataDir, SECRET)
  expect([await storedSecret(dataDir), await modeOf()]).toEqual([SECRET, 0o600])
  const restore = await replaceStoredSecret(dataDir, OTHER)
  expect(await storedSecret(dataDir)).toBe(OTHER)
  await restore()
  expect([await storedSecret(dataDir), await modeOf()]).toEqual([SECRET, 0o600])
  await removeIt()
  expect(await readdir(dataDir)).toEqual([])
})

test('no copy of a secret stays where it cannot be put', async () => {
  await replaceStoredSecret(dataDir, SECRET)
  const restore = await replaceStoredSecret(dataDir, OTHER)
  await rm(file())
  await mkdir(file())
  await expect(restore()).rejects.toMatchObject({ code: 'EISDIR' })
  expect(await readdir(dataDir)).toEqual(['secret'])
})

test('the folder of a secret is made where there is none', async () => {
  const below = join(dataDir, 'a', 'b')
  await replaceStoredSecret(below, SECRET)
  expect(await readFile(join(below, 'secret'), 'utf8')).toBe(SECRET)
})

test('the id of a secret is the same each time, that of no other, and tells nothing of it', () => {
  const ids = [secretId(SECRET), secretId(SECRET), secretId(OTHER)]
  expect(ids[0]).toMatch(/^[0-9a-f]{16}$/)
  expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false])
})

test('former secrets are all but the first, in their order', () => {
  const env = envFrom({ BETTER_AUTH_SECRETS: [SECRET, OTHER, `${OTHER}2`].join() })
  expect(formerSecretBytes(env).map((bytes) => Buffer.from(bytes).toString())).toEqual([OTHER, `${OTHER}2`])
})
