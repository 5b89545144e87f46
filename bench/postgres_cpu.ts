import { readdirSync, readFileSync } from 'node:fs'
import type { Pool } from 'pg'

/** CPU time in microseconds that a whole PostgreSQL server has used: its backends, ended ones included. */
export type PostgresCpu = () => number

/** Undefined if the server runs on another machine, where `/proc` does not show it. */
export async function postgresCpu(pool: Pool): Promise<PostgresCpu | undefined> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const backend = stat(rows[0]?.pid ?? 0)
  if (backend === undefined || !backend.name.includes('postgres')) return undefined
  const postmaster = backend.parent
  return () => {
    const main = stat(postmaster)
    if (main === undefined) throw new Error('PostgreSQL has ended during the bench')
    const children = readdirSync('/proc')
      .map((entry) => stat(Number(entry)))
      .filter((each) => each?.parent === postmaster)
    return (
      [main.own + main.reaped, ...children.map((each) => each?.own ?? 0)].reduce((sum, ticks) => sum + ticks, 0) *
      10_000
    )
  }
}

/** What the kernel knows of a process, in ticks of 10 ms; `reaped` is the time of children that ended. */
function stat(pid: number) {
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  const text = contents(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  // The name is in parentheses and may contain spaces.
  const end = text.lastIndexOf(')')
  const fields = text
    .slice(end + 2)
    .split(' ')
    .map(Number)
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15)
  return {
    name: text.slice(text.indexOf('(') + 1, end),
    parent: fields[1] ?? 0,
    own: utime + stime,
    reaped: cutime + cstime,
  }
}

/** A process may end between the listing and the reading. */
function contents(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
