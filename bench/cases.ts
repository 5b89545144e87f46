import type { Pool } from 'pg'
import { fill } from './fill.ts'
import type { Case } from './rounds.ts'
import { scenarios, type Scenario } from './scenarios.ts'
import type { Server } from './servers.ts'

/**
 * The scenarios that `--only` asks for: words separated by commas, each a part of a name, or with `=` before it a whole
 * name.
 */
export function wantedScenarios(only: string): Scenario[] {
  const words = only.split(',').map((word) => word.trim())
  return scenarios.filter(({ name }) => words.some((word) => isMeant(name, word)))
}

function isMeant(name: string, word: string): boolean {
  return word.startsWith('=') ? name === word.slice(1) : name.includes(word)
}

/** Fills a server's table with users of 20 tasks and of 50 for the readers, and others for the writers. */
export async function casesOf(server: Server, database: Pool, tasks: string, wanted: readonly Scenario[]) {
  const users = await fill(database, tasks, 200, 20)
  const writers = await fill(database, tasks, 200, 1)
  const holders = wanted.some(({ rest }) => rest !== undefined) ? await fill(database, tasks, 100, 50) : []
  const groups = { users, writers, holders }
  return wanted.map(({ name, requests }): Case => ({ scenario: name, server, requests: requests(groups) }))
}

/** Whether a server can handle the first request of a case. */
export async function succeeds({ server, requests: [request] }: Case): Promise<boolean> {
  if (request === undefined) return false
  const { path, method, headers, body = null } = request
  return (await fetch(`${server.url}${path}`, { method, headers, body })).ok
}

/** Creates an empty database on the server of `url`, and returns its URL. */
export async function otherDatabase(pool: Pool, url: string, name: string): Promise<string> {
  await pool.query(`DROP DATABASE IF EXISTS ${name}`)
  await pool.query(`CREATE DATABASE ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return own.href
}
