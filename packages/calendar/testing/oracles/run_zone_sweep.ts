import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface ZoneSweep {
  zones: number
  transitions: number
  compared: number
  different: number
  first: string[]
}

/** Compares every n-th time zone with Temporal, in a process whose own zone is `processZone`. */
export async function sweepZones(processZone: string, every: number): Promise<ZoneSweep> {
  const script = fileURLToPath(new URL('./zone_sweep.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(every)], { env: { TZ: processZone } })
  return JSON.parse(stdout)
}
