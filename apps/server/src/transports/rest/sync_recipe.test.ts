import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chance, newUser, signedToken, type Chance } from '@taskwire/api/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { synchronize, type Copy, type SyncedTask } from '../../../../../docs/sync/client.ts'
import { testServer, type TestServer } from '../../../testing/server.ts'

// The recipe of docs/sync against random histories: the copy has to be the list, whatever happened in between.

let server: TestServer
let url: string
let folder: string
beforeAll(async () => {
  server = await testServer()
  url = await server.listen()
  folder = await mkdtemp(join(tmpdir(), 'taskwire-sync-'))
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

/** Some writes that look random. */
async function write(user: string, { below }: Chance, count: number): Promise<void> {
  const { task, change } = server.fixture.caller(user)
  for (let done = 0; done < count; done++) {
    const { items } = await task.list({})
    const one = items[below(Math.max(items.length, 1))]
    const kind = below(6)
    if (one === undefined || kind < 2) await task.create({ title: `Task ${done}` })
    else if (kind === 2) await task.delete({ task_id: one.id })
    else if (kind === 3) await task.update({ task_id: one.id, title: `Changed ${done}` })
    else if (kind === 4) await task.toggle({ task_id: one.id })
    else {
      const { next } = await change.list({})
      await change.undo({ seq: next })
    }
  }
}

async function listed(user: string): Promise<SyncedTask[]> {
  return (await server.as(user)('GET', `/api/${user}/tasks`)).json
}

const byId = (tasks: Iterable<SyncedTask>) => [...tasks].toSorted((a, b) => a.id - b.id)

/** What a client calls for its copy. */
interface Client {
  readonly name: string
  /** Brings the copy of a user up to date, and returns its tasks. */
  readonly run: (user: string) => Promise<SyncedTask[]>
  /** Makes the copy one that the log does not reach. */
  readonly expire: (user: string) => Promise<void>
}

const copies = new Map<string, Copy>()
const typescript: Client = {
  name: 'TypeScript',
  async run(user) {
    const copy = copies.get(user) ?? { seq: undefined, tasks: new Map() }
    copies.set(user, copy)
    await synchronize(copy, { url, user, token: await signedToken({ sub: user }) })
    return [...copy.tasks.values()]
  },
  async expire(user) {
    const copy = copies.get(user)
    if (copy !== undefined) copy.seq = 1_000_000
  },
}

const program = fileURLToPath(new URL('../../../../../docs/sync/client.py', import.meta.url))
const fileOf = (user: string) => join(folder, `${user}.json`)
const python: Client = {
  name: 'Python',
  async run(user) {
    const token = await signedToken({ sub: user })
    const env = { PATH: process.env['PATH'], TASKWIRE_URL: url, TASKWIRE_USER: user, TASKWIRE_TOKEN: token }
    await promisify(execFile)('python3', [program, fileOf(user)], { env })
    const copy: { tasks: Record<string, SyncedTask> } = JSON.parse(await readFile(fileOf(user), 'utf8'))
    return Object.values(copy.tasks)
  },
  async expire(user) {
    const copy = JSON.parse(await readFile(fileOf(user), 'utf8'))
    await writeFile(fileOf(user), JSON.stringify({ ...copy, seq: 1_000_000 }))
  },
}

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'])
    return true
  } catch {
    return false
  }
}

const clients = hasPython() ? [typescript, python] : [typescript]

test('python3 is here, or this is no machine of the continuous integration', () => {
  if (process.env['CI'] !== undefined) expect(hasPython()).toBe(true)
})

test.each(clients)(
  'a copy in $name follows a random history, and survives a log that is too short',
  async ({ run, expire }) => {
    const user = newUser()
    const luck = chance(29)
    for (let round = 0; round < 4; round++) {
      await write(user, luck, 8)
      if (round === 2) await expire(user)
      expect(byId(await run(user))).toEqual(byId(await listed(user)))
    }
  },
)

test('a copy that is made while tasks change is the list in the end', async () => {
  const user = newUser()
  const writing = write(user, chance(31), 30)
  const reading = (async () => {
    for (let count = 0; count < 5; count++) await typescript.run(user)
  })()
  await Promise.all([writing, reading])
  expect(byId(await typescript.run(user))).toEqual(byId(await listed(user)))
})

test('a copy that was interrupted goes on from where it was', async () => {
  const user = newUser()
  await write(user, chance(37), 10)
  const before = await typescript.run(user)
  const copy = copies.get(user)
  if (copy === undefined) throw new Error('there is no copy')
  await write(user, chance(41), 10)
  const offline = synchronize(copy, { url: 'http://127.0.0.1:1', user, token: 'none' })
  await expect(offline).rejects.toThrow('fetch failed')
  expect([...copy.tasks.values()]).toEqual(before)
  expect(byId(await typescript.run(user))).toEqual(byId(await listed(user)))
})
