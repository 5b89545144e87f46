import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@taskwire/db/embedded'
import pg from 'pg'
import { casesOf, wantedScenarios } from './cases.ts'
import { load } from './load.ts'
import { scratchDirectory } from './scratch.ts'
import { launch, programs } from './servers.ts'

// `node bench/workers.ts [--rounds 5] [--seconds 4]` compares the requests a second of WORKERS=2 with those of one process, in
// turn, on one embedded PostgreSQL. Servers may use every core, so the load and PostgreSQL take theirs from the same ones:
// on two cores the ratio is a lower bound.

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '4' } },
})
const SCENARIOS = 'get one,list of 20,create,toggle'
const EVERY_CORE = ['taskset', '-c', `0-${availableParallelism() - 1}`]

const scratch = await scratchDirectory()
const embedded = await startEmbedded({ dataDir: scratch.path })
const pool = new pg.Pool({ connectionString: embedded.url, max: 2 })
const wanted = wantedScenarios(SCENARIOS).filter(({ name }) => SCENARIOS.split(',').includes(name))
const perSecond = new Map<string, number[]>()
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const workers of ['1', '2']) await measure(workers)
  }
  for (const { name } of wanted) {
    const [one, two] = [medianOf(`${name} 1`), medianOf(`${name} 2`)]
    console.log(`${name.padEnd(12)} ${one} a second, with two workers ${two}: ${(two / one).toFixed(2)} times`)
  }
} finally {
  await pool.end()
  await embedded.stop()
  await scratch.remove()
}

async function measure(workers: string): Promise<void> {
  const env = { DATABASE_URL: embedded.url, TASKWIRE_DATA_DIR: scratch.path, WORKERS: workers }
  const server = await launch(workers, [...EVERY_CORE, ...programs.taskwire], env)
  try {
    for (const { scenario, requests } of await casesOf(server, pool, 'taskwire.task', wanted)) {
      const outcome = await load({ url: server.url, connections: 64, seconds: Number(values.seconds), requests })
      if (outcome.failed > 0) throw new Error(`${scenario} with ${workers}: ${outcome.failed} failed`)
      const key = `${scenario} ${workers}`
      perSecond.set(key, [...(perSecond.get(key) ?? []), outcome.perSecond])
    }
  } finally {
    await server.stop()
  }
}

function medianOf(key: string): number {
  const sorted = (perSecond.get(key) ?? []).toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
