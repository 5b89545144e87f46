import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { changeFeed, createCaller, cursorCodec, type Services } from '@taskwire/api'
import { openDatabase, type Database } from '@taskwire/db'
import { migrate } from '@taskwire/db/migrate'
import { PostgresServer } from '@taskwire/faults'
import { fill, type User } from './fill.ts'
import { median } from './rounds.ts'

// `node bench/standby.ts [--rounds 5] [--reads 2000] [--width 16] [--writes 100]` compares reads from a standby
// (DATABASE_READ_URL) with those from the primary, in turn, on Debian's PostgreSQL 15 and a streaming standby of it: the CPU
// time that all processes of each use for a read, and how long it takes. `--width` reads are in progress at any
// time, and `--writes` toggles a second are made meanwhile, whose own cost is in the primary's. All share the cores of one
// machine: CPU times hold on a busy one, milliseconds do not.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    reads: { type: 'string', default: '2000' },
    width: { type: 'string', default: '16' },
    writes: { type: 'string', default: '0' },
  },
})
const [ROUNDS, READS, WIDTH, WRITES] = [values.rounds, values.reads, values.width, values.writes].map(Number)
const [USERS, TASKS_EACH] = [100, 200]
const PLACES = ['primary', 'standby'] as const

type ReadFrom = (typeof PLACES)[number]
type Caller = ReturnType<typeof createCaller>

const reads: Record<string, (caller: Caller, user: User, turn: number) => Promise<unknown>> = {
  'get one': (caller, { tasks }, turn) => caller.task.get({ task_id: tasks[turn % tasks.length] ?? 0 }),
  'list of 20': (caller) => caller.task.list({ limit: 20 }),
  'list of 200': (caller) => caller.task.list({ limit: 200 }),
  'pending, 20 of them': (caller) => caller.task.list({ status: 'pending', limit: 20 }),
  search: (caller, _, turn) => caller.task.list({ search: `Task ${turn % TASKS_EACH} `, limit: 20 }),
  counts: (caller) => caller.task.counts({}),
}

interface Figure {
  /** Microseconds of CPU time for each read, and milliseconds until its answer. */
  readonly primary: number
  readonly standby: number
  readonly ms: number
  /** How many reads the standby answered. */
  readonly moved: number
}

await using primary = await PostgresServer.start()
await using standby = await primary.standby()
await migrate(primary.url)
let byStandby = 0
const onRead = (place: ReadFrom) => void (byStandby += place === 'standby' ? 1 : 0)
const databases: Record<ReadFrom, Database> = {
  primary: openDatabase({ url: primary.url }),
  standby: openDatabase({ url: primary.url, readUrl: standby.url, onRead }),
}
const tokens = {
  verify() {
    throw new Error('the callers are known')
  },
}
const feed = changeFeed({ db: databases.primary.db, log: console })
const shared = { tokens, cursors: cursorCodec(new Uint8Array(32)), feed, log: console }
const users = await fill(databases.primary.pool, 'taskwire.task', USERS, TASKS_EACH)
const writers = await fill(databases.primary.pool, 'taskwire.task', USERS, TASKS_EACH)
await databases.primary.pool.query('CHECKPOINT')
while (databases.standby.standbys?.count().used !== 1) await pause(100)

const figures = new Map<string, Figure[]>()
const ended = new AbortController()
const writing = write(databases.primary, ended.signal)
// The first round warms up.
for (let round = 0; round <= (ROUNDS ?? 0); round++) {
  for (const name of Object.keys(reads)) {
    for (const place of PLACES) {
      const figure = await measured(name, place)
      const key = `${name} ${place}`
      if (round > 0) figures.set(key, [...(figures.get(key) ?? []), figure])
    }
  }
}
ended.abort()
await writing
for (const name of Object.keys(reads)) for (const place of PLACES) console.log(report(name, place))
await Promise.all(PLACES.map((place) => databases[place].close()))

async function measured(name: string, place: ReadFrom): Promise<Figure> {
  const read = reads[name]
  const times: number[] = []
  const before = { primary: cpuOf(primary), standby: cpuOf(standby), byStandby }
  let turn = 0
  const worker = async () => {
    while (read !== undefined && turn < (READS ?? 0)) {
      const user = users[turn++ % users.length]
      if (user === undefined) continue
      const start = performance.now()
      await read(callerOf(databases[place], user), user, turn)
      times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: WIDTH ?? 0 }, worker))
  return {
    primary: (cpuOf(primary) - before.primary) / times.length,
    standby: (cpuOf(standby) - before.standby) / times.length,
    ms: median(times),
    moved: (byStandby - before.byStandby) / times.length,
  }
}

/** Toggles of other users, as many a second as were asked for. */
async function write(database: Database, signal: AbortSignal): Promise<void> {
  for (let turn = 0; WRITES !== undefined && WRITES > 0 && !signal.aborted; turn++) {
    const user = writers[turn % writers.length]
    const [task_id] = user?.tasks ?? []
    if (user === undefined || task_id === undefined) return
    const due = pause(1000 / WRITES)
    await callerOf(database, user).task.toggle({ task_id })
    await due
  }
}

function callerOf({ db, sql, snapshots, transact, isWritable }: Database, { id }: User): Caller {
  const services: Services = { db, sql, snapshots, transact, isWritable, ...shared }
  const principal = {
    user_id: id,
    kind: 'shared_secret',
    scope: 'write',
    actor: null,
    email: null,
    name: null,
  } as const
  return createCaller({ services, via: 'rest', request_id: 'bench', principal: { ...principal, expires_at: null } })
}

/** Microseconds that all processes of a server have run, by the scheduler, which counts finer than `/proc/PID/stat`. */
function cpuOf(server: PostgresServer): number {
  return server.processes().reduce((sum, pid) => sum + Number(schedstat(pid).split(' ')[0]) / 1000, 0)
}

/** A process may end between the listing and the reading. */
function schedstat(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/schedstat`, 'utf8')
  } catch {
    return '0'
  }
}

function report(name: string, place: ReadFrom): string {
  const of = figures.get(`${name} ${place}`) ?? []
  const field = (key: keyof Figure) => median(of.map((figure) => figure[key]))
  return (
    `${name.padEnd(20)} ${place.padEnd(8)} primary ${field('primary').toFixed(0)} µs, standby ${field('standby').toFixed(0)} µs, ` +
    `${field('ms').toFixed(1)} ms, by the standby ${(field('moved') * 100).toFixed(0)} %`
  )
}
