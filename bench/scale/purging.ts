import { purge } from '@taskwire/api'
import { openDatabase } from '@taskwire/db'
import { median } from '../rounds.ts'
import type { Caller } from './requests.ts'

export interface Purging {
  readonly changes: number
  readonly seconds: number
  /** Seconds of a purge that finds nothing to remove. */
  readonly idle: number
  /** Milliseconds per write of the purged user: median and 99th percentile, without a purge and during it. */
  readonly alone: Latency
  readonly meanwhile: Latency
}

interface Latency {
  readonly p50: number
  readonly p99: number
}

/** Purges the log while the user with the most changes to purge continues to write. */
export async function purging(url: string, writer: Caller): Promise<Purging> {
  const { db, close } = openDatabase({ url, poolMax: 2 })
  const id = await newTask(writer)
  const alone = latency(await writesUntil(writer, id, (writes) => writes < 300))
  const begun = performance.now()
  let seconds = 0
  const purged = purge({ db }).finally(() => (seconds = (performance.now() - begun) / 1000))
  const meanwhile = latency(await writesUntil(writer, id, () => seconds === 0))
  const { changes } = await purged
  const idleSince = performance.now()
  await purge({ db })
  const idle = (performance.now() - idleSince) / 1000
  await close()
  return { changes, seconds, idle, alone, meanwhile }
}

async function newTask({ request, tasks }: Caller): Promise<number> {
  const { text } = await request(tasks, 'POST', { title: 'Toggle me while the log is purged' })
  return (JSON.parse(text) as { id: number }).id
}

async function writesUntil({ request, tasks }: Caller, id: number, more: (writes: number) => boolean) {
  const times: number[] = []
  while (more(times.length)) times.push((await request(`${tasks}/${id}/complete`, 'PATCH')).took)
  return times
}

function latency(times: number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b)
  return { p50: median(sorted), p99: sorted[Math.floor(sorted.length * 0.99)] ?? NaN }
}
