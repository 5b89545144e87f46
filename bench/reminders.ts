import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@taskwire/db/embedded'
import pg from 'pg'
import { tokenOf } from './fill.ts'
import { postgresCpu } from './postgres_cpu.ts'
import { median } from './rounds.ts'
import { scratchDirectory } from './scratch.ts'
import { cpuTime, startServer } from './servers.ts'

// `node bench/reminders.ts [--reminders 10000] [--rounds 5]` fires so many reminders at one moment while tasks are created at a
// steady rate, and compares how long a write takes then with how long it takes when none are due, in turn, on one embedded
// PostgreSQL. A write's time counts from when it was to be sent. The reminders are those of 1,000 users without webhooks. CPU times
// also tell on a machine that has other work; `chrt -r 5 node bench/reminders.ts` keeps that work out of all times.

const { values } = parseArgs({
  options: { reminders: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '5' } },
})
const REMINDERS = Number(values.reminders)
const USERS = 1000
const WRITES_PER_SECOND = 100
const SECONDS = 10

const scratch = await scratchDirectory()
const embedded = await startEmbedded({ dataDir: scratch.path })
const pool = new pg.Pool({ connectionString: embedded.url, max: 2 })
const server = await startServer('taskwire', { DATABASE_URL: embedded.url, TASKWIRE_DATA_DIR: scratch.path })
const postgres = await postgresCpu(pool)
const writer = { id: 'bench-writer', token: await tokenOf('bench-writer') }
try {
  await plan()
  await write(2)
  const quiet: Figures[] = []
  const firing: Figures[] = []
  const took: number[] = []
  for (let round = 0; round < Number(values.rounds); round++) {
    quiet.push(await measured())
    const at = await setDue()
    firing.push(await measured())
    took.push(await lastFired(at))
  }
  print('no reminder due', quiet)
  print(`${REMINDERS} reminders at once`, firing)
  const p99 = (figures: Figures[]) => median(figures.map((each) => each.p99))
  process.stdout.write(`p99 ${(p99(firing) - p99(quiet)).toFixed(1)} ms later; all fired after ${seconds(took)} s\n`)
} finally {
  await server.stop()
  await pool.end()
  await embedded.stop()
  await scratch.remove()
}

/** Creates tasks that remind tomorrow, and waits until the server has planned them. */
async function plan(): Promise<void> {
  await pool.query(
    `INSERT INTO taskwire.task (user_id, title, reminders)
     SELECT 'bench-' || n % $2, 'Task ' || n, ARRAY[to_char(now() + interval '1 day', 'YYYY-MM-DD"T"HH24:MI')]
     FROM generate_series(1, $1::int) n`,
    [REMINDERS, USERS],
  )
  await until(async () => (await count('fire_at IS NOT NULL')) === REMINDERS)
  await pool.query('ANALYZE')
}

/** Writes for some seconds. */
async function measured(): Promise<Figures> {
  const before = { server: cpuTime(server.pid), postgres: postgres?.() ?? 0 }
  const times = await write(SECONDS)
  const cpu = { server: cpuTime(server.pid) - before.server, postgres: (postgres?.() ?? 0) - before.postgres }
  return { ...figuresOf(times), server: cpu.server / 1000, postgres: cpu.postgres / 1000 }
}

/** Makes all reminders due at one moment, some seconds from now, and returns it. */
async function setDue(): Promise<Date> {
  const { rows } = await pool.query<{ at: Date }>(`SELECT clock_timestamp() + interval '4 s' AS at`)
  const at = rows[0]?.at ?? new Date()
  await pool.query(`UPDATE taskwire.reminder SET fire_at = $1, remind_at = remind_at + interval '1 ms'`, [at])
  await pool.query('VACUUM ANALYZE taskwire.reminder')
  return at
}

/** The seconds until the last one fired. */
async function lastFired(at: Date): Promise<number> {
  await until(async () => (await count('fire_at IS NOT NULL')) === 0)
  const { rows } = await pool.query<{ at: Date }>('SELECT max(announced_at) AS at FROM taskwire.reminder')
  return (Number(rows[0]?.at) - Number(at)) / 1000
}

async function count(condition: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM taskwire.reminder WHERE ${condition}`,
  )
  return rows[0]?.n ?? 0
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await pause(100)
}

/** The milliseconds that each write took. */
async function write(seconds: number): Promise<number[]> {
  const start = performance.now()
  const writes = Array.from({ length: seconds * WRITES_PER_SECOND }, async (_, n) => {
    const due = start + (n * 1000) / WRITES_PER_SECOND
    await pause(Math.max(1, due - performance.now()))
    const response = await fetch(`${server.url}/api/${writer.id}/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${writer.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: `Write ${n}` }),
    })
    await response.arrayBuffer()
    if (response.status !== 201) throw new Error(`a write was answered with ${response.status}`)
    return performance.now() - due
  })
  return Promise.all(writes)
}

/** In milliseconds: of the writes, and the CPU time of the server and of PostgreSQL. */
interface Figures {
  readonly p50: number
  readonly p99: number
  readonly most: number
  readonly server: number
  readonly postgres: number
}

function figuresOf(times: readonly number[]): Pick<Figures, 'p50' | 'p99' | 'most'> {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99), most: sorted.at(-1) ?? Number.NaN }
}

function print(name: string, figures: readonly Figures[]): void {
  const of = (key: keyof Figures) => median(figures.map((each) => each[key])).toFixed(1)
  const all = figures.map(({ p99 }) => p99.toFixed(1)).join(', ')
  const cpu = `CPU of the server ${of('server')}, of PostgreSQL ${of('postgres')} ms`
  process.stdout.write(`${name}: p50 ${of('p50')}, p99 ${of('p99')} (${all}), longest ${of('most')} ms; ${cpu}\n`)
}

function seconds(times: readonly number[]): string {
  return `${Math.min(...times).toFixed(1)} to ${Math.max(...times).toFixed(1)}`
}
