import { parseArgs } from 'node:util'
import pg from 'pg'
import { casesOf, wantedScenarios } from './cases.ts'
import { startPostgres } from './postgres.ts'
import { endured } from './rounds.ts'
import { scratchDirectory } from './scratch.ts'
import { processesOf, residentMemory, startServer } from './servers.ts'

// `node bench/memory.ts [--workers 2] [--requests 1000000]` sends requests of every scenario in turn over 64 connections, and
// prints what the server's processes then have resident together: the sum of RSS, and of PSS, which counts pages that
// processes share once. About three minutes for a million requests on two quiet cores.

const { values: options } = parseArgs({
  options: { workers: { type: 'string', default: '1' }, requests: { type: 'string', default: '1000000' } },
})
const SECONDS = 4

const scratch = await scratchDirectory()
const postgres = await startPostgres(undefined, scratch.path)
const pool = new pg.Pool({ connectionString: postgres.url, max: 2 })
try {
  const env = { DATABASE_URL: postgres.url, TASKWIRE_DATA_DIR: scratch.path, WORKERS: options.workers }
  const server = await startServer('taskwire', env)
  try {
    const cases = await casesOf(server, pool, 'taskwire.task', wantedScenarios(''))
    const { answered, failed } = await endured(cases, Number(options.requests), SECONDS)
    const processes = processesOf(server.pid)
    const { rss, pss } = residentMemory(processes)
    console.log(
      `WORKERS=${options.workers}: ${rss} MB resident (${pss} MB with shared pages counted once) in ${processes.length} ` +
        `processes after ${answered.toLocaleString('en')} requests, ${failed} failed`,
    )
  } finally {
    await server.stop()
  }
} finally {
  await pool.end()
  await postgres.stop()
  await scratch.remove()
}
