import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { trialsOfRun, until } from '@taskwire/faults'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../pool/database.ts'
import { startEmbedded } from './start.ts'

const ROUNDS = trialsOfRun(5)

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tw-'))
  await chmod(dataDir, 0o755)
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

async function postmaster(): Promise<number> {
  return Number((await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0])
}

/** A process that writes tasks as fast as it can and prints the id of each that was acknowledged. */
function writer(): ChildProcess {
  const code = `
    const { startEmbedded } = await import(${JSON.stringify(import.meta.resolve('./start.ts'))})
    const { migrate } = await import(${JSON.stringify(import.meta.resolve('../migrate/migrate.ts'))})
    const { openDatabase } = await import(${JSON.stringify(import.meta.resolve('../pool/database.ts'))})
    const { url } = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} })
    await migrate(url)
    const { db } = openDatabase({ url, waitMs: 60_000 })
    for (;;) {
      const made = await Promise.all([1, 2, 3, 4].map(() => db.task.create({ data: { user_id: 'a', title: 'x' } })))
      for (const { id } of made) console.log(id)
    }`
  return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
}

test.each(['server', 'database'] as const)(
  `${ROUNDS} SIGKILLs of the %s during writes lose nothing acknowledged`,
  async (victim) => {
    const acknowledged: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const child = writer()
      const exit = once(child, 'exit')
      if (!child.stdout) throw new Error('the writer has no output')
      const lines = createInterface(child.stdout)
      lines.on('line', (line) => acknowledged.push(Number(line)))
      const enough = acknowledged.length + 25 + 13 * round
      await until('tasks are written', () => acknowledged.length >= enough, 120_000)
      if (victim === 'database') process.kill(await postmaster(), 'SIGKILL')
      child.kill('SIGKILL')
      await exit
    }
    const { url, stop } = await startEmbedded({ dataDir })
    const { pool, close } = openDatabase({ url, waitMs: 60_000 })
    const tasks = await pool.query<{ id: number }>('SELECT id FROM taskwire.task')
    const log = await pool.query<{ last: number; changes: number }>(
      'SELECT max(seq)::int AS last, count(*)::int AS changes FROM taskwire.change',
    )
    await close()
    await stop()
    const stored = new Set(tasks.rows.map(({ id }) => id))
    expect(acknowledged.length).toBeGreaterThanOrEqual(25 * ROUNDS)
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([])
    expect(log.rows).toEqual([{ last: stored.size, changes: stored.size }])
  },
)

/** Proportional resident memory of a process and its children, in MB. Linux only. */
async function residentMegabytes(parent: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const parts = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
      const belongs = Number(pid) === parent || new RegExp(`^PPid:\\s+${parent}$`, 'm').test(status)
      const rollup = belongs ? await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '') : ''
      return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0)
    }),
  )
  return parts.reduce((sum, part) => sum + part, 0) / 1024
}

test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'with 30 busy connections it stays below 150 MB',
  async () => {
    const { url, stop } = await startEmbedded({ dataDir })
    const { pool, close } = openDatabase({ url, waitMs: 60_000 })
    await pool.query(`CREATE TABLE rows AS SELECT i, repeat('x', 500) AS text FROM generate_series(1, 100000) AS i`)
    const work = () => pool.query('SELECT count(*), max(text) FROM rows WHERE i % 7 = 0')
    await Promise.all(Array.from({ length: 120 }, work))
    const megabytes = await residentMegabytes(await postmaster())
    await close()
    await stop()
    console.log(`embedded PostgreSQL with 30 connections: ${megabytes.toFixed(0)} MB`)
    expect(megabytes).toBeGreaterThan(20)
    expect(megabytes).toBeLessThan(150)
  },
)
