import { startEmbedded } from '@taskwire/db/embedded'
import pg from 'pg'
import { heapFlags } from '../scripts/heap.mjs'
import { fill } from './fill.ts'
import { interleaved, memories } from './rounds.ts'
import { scenarios } from './scenarios.ts'
import { scratchDirectory } from './scratch.ts'
import { startServer, type Server } from './servers.ts'

// `node bench/heap_flags.ts` measures the effect of V8's flags on CPU time per request, latency and resident memory.
// The server as shipped runs in turn with one whose heap has no limits and one whose objects V8 may pretenure. Two
// minutes on a busy machine.

const ROUNDS = 4
const SECONDS = 3

// Loaded before the server, this undoes `disablePretenuring`, which sets the flag at run time.
const keepPretenuring = `import v8, { setFlagsFromString } from 'node:v8'
import { syncBuiltinESMExports } from 'node:module'
v8.setFlagsFromString = (flag) => flag.includes('pretenuring') || setFlagsFromString(flag)
syncBuiltinESMExports()`

const variants = {
  'as shipped': heapFlags(),
  'without heap limits': [],
  'with pretenuring': [...heapFlags(), '--import', `data:text/javascript,${encodeURIComponent(keepPretenuring)}`],
}

const scratch = await scratchDirectory()
const embedded = await startEmbedded({ dataDir: scratch.path })
const pool = new pg.Pool({ connectionString: embedded.url, max: 2 })
const servers: Server[] = []
try {
  const env = { DATABASE_URL: embedded.url, TASKWIRE_DATA_DIR: scratch.path, DATABASE_POOL_MAX: '10' }
  for (const [name, flags] of Object.entries(variants)) {
    servers.push({ ...(await startServer('taskwire', env, flags)), name })
  }
  const users = await fill(pool, 'taskwire.task', 200, 20)
  const wanted = scenarios.filter(({ name }) => name === 'get one')
  const cases = wanted.flatMap(({ name, requests }) =>
    servers.map((server) => ({
      scenario: name,
      server,
      requests: requests({ users, writers: users, holders: users }),
    })),
  )
  for (const figure of await interleaved(cases, { rounds: ROUNDS, seconds: SECONDS, postgres: undefined })) {
    const { scenario, server, cpu, p50, p99, failed } = figure
    console.log(
      `${scenario.padEnd(8)} ${server.padEnd(20)} ${cpu} µs CPU, p50 ${p50} ms, p99 ${p99} ms, ${failed} failed`,
    )
  }
  for (const { server, now, peak } of memories(servers)) {
    console.log(`${server.padEnd(29)} ${now} MB resident, ${peak} MB at most`)
  }
} finally {
  await Promise.all(servers.map((server) => server.stop()))
  await pool.end()
  await embedded.stop()
  await scratch.remove()
}
