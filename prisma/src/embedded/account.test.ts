import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { reachableBy, serverAccount } from './account.ts'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tw-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  await chmod(path, 0o755)
  return path
}

const uid = process.getuid?.() ?? 0
const gid = process.getgid?.() ?? 0
const owner = { uid, gid }
const ofGroup = { uid: uid + 1, gid }
const stranger = { uid: uid + 1, gid: gid + 1 }

test('an account reaches a path that it may enter, and so every folder above it', async () => {
  const outer = await folder()
  const file = join(outer, 'inner/postgres')
  await mkdir(join(outer, 'inner'))
  await writeFile(file, '')
  const reached = () => [owner, ofGroup, stranger].map((account) => reachableBy(account, file))
  await chmod(file, 0o755)
  expect(reached()).toEqual([true, true, true])
  await chmod(file, 0o644)
  expect(reached()).toEqual([false, false, false])
  await chmod(file, 0o750)
  expect(reached()).toEqual([true, true, false])
  await chmod(file, 0o705)
  expect(reached()).toEqual([true, false, true])
  await chmod(file, 0o755)
  await chmod(outer, 0o700)
  expect(reached()).toEqual([true, false, false])
})

test.runIf(uid !== 0)('an ordinary user runs the server itself', async () => {
  expect(serverAccount(await folder())).toBeUndefined()
})

test.runIf(uid === 0)('as root the server belongs to the owner of its data, or to an account made for it', async () => {
  const data = await folder()
  await chown(data, 4321, 1234)
  expect(serverAccount(data)).toEqual({ uid: 4321, gid: 1234 })
  await chown(data, 0, 0)
  expect(serverAccount(data)?.uid).toBeGreaterThan(0)
  expect(serverAccount(join(data, 'absent'))).toEqual(serverAccount(data))
})
