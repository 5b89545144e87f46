import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the controller of version 1 of Linux's control groups is mounted. */
const CONTROLLER = '/sys/fs/cgroup/cpu'
/**
 * Shorter, and a process would spend much of its part on caches that others have used since; longer, and its clients would
 * have nothing more to ask while it waits.
 */
const PERIOD_US = 50_000

/** A group of processes that together get no more than a part of a core. */
export interface CpuQuota {
  add(pid: number): void
  /** Once its processes have ended. */
  remove(): void
}

/** Makes such a group. It needs root, and version 1 of control groups. */
export function openCpuQuota(name: string, percentOfCore: number): CpuQuota {
  const folder = join(CONTROLLER, `taskwire-bench-${process.pid}-${name}`)
  mkdirSync(folder)
  const set = (file: string, value: number) => writeFileSync(join(folder, file), String(Math.round(value)))
  set('cpu.cfs_period_us', PERIOD_US)
  set('cpu.cfs_quota_us', (PERIOD_US * percentOfCore) / 100)
  return { add: (pid) => set('cgroup.procs', pid), remove: () => rmdirSync(folder) }
}
