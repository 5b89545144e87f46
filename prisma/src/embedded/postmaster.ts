import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readlinkSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { spawnOptions } from './cluster.ts'
import type { InstanceDir } from './instance_dir.ts'
import { settings } from './settings.ts'
import { unwritable } from './unwritable.ts'

export type Endpoint = { host: string; port: number }

/** The process id and port in the cluster's postmaster.pid. The process may no longer exist. */
export function recordedPostmaster(instance: InstanceDir): { pid: number; port: number } | undefined {
  try {
    const lines = readFileSync(join(instance.data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]) }
  } catch {
    return undefined
  }
}

/** A socket in the instance directory, or a free loopback port when the path is too long for a socket address. */
export async function endpointFor(instance: InstanceDir, preferredPort?: number): Promise<Endpoint> {
  // The limit is 104 bytes including the final zero on macOS, 108 on Linux.
  const fits = Buffer.byteLength(join(instance.directory, '.s.PGSQL.5432')) < 104
  if (fits) return { host: instance.directory, port: 5432 }
  return { host: '127.0.0.1', port: preferredPort ?? recordedPostmaster(instance)?.port ?? (await freePort()) }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 5432
}

export type Postmaster = { process: ChildProcess; log: string; logStart: number }

/** Starts the server in a session of its own, so that Ctrl-C in the terminal does not reach it before we have drained. */
export function spawnPostmaster(
  instance: InstanceDir,
  { host, port }: Endpoint,
  options: { durable: boolean },
): Postmaster {
  const log = join(instance.directory, 'server.log')
  const out = openLog(log)
  const logStart = statSync(log).size
  const where = host.startsWith('/')
    ? // Relative to the data directory: quoting of commas and quotes in the path differs between versions.
      { listen_addresses: '', unix_socket_directories: '..' }
    : { listen_addresses: host, unix_socket_directories: '' }
  const args = Object.entries({ ...settings(options), ...where, port: String(port) }).map(([k, v]) => `--${k}=${v}`)
  const base = spawnOptions(instance)
  const child = spawn(join(instance.binaries, 'postgres'), ['-D', instance.data, ...args], {
    ...base,
    env: { ...base.env, ...notOurPostmaster(instance) },
    detached: true,
    stdio: ['ignore', out, out],
  })
  closeSync(out)
  child.unref()
  return { process: child, log, logStart }
}

/** @throws DatabaseStartupError where it cannot be written */
export function openLog(log: string): number {
  const large = (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 5_000_000
  try {
    return openSync(log, large ? 'w' : 'a', 0o600)
  } catch (error) {
    throw unwritable(dirname(log), error)
  }
}

/**
 * After a crash, postmaster.pid may name a process id that was reused since: in a container, usually by this very
 * server. PostgreSQL would take it for a running postmaster; this variable tells it that it is not.
 */
function notOurPostmaster(instance: InstanceDir): Record<string, string> {
  const pid = recordedPostmaster(instance)?.pid
  if (pid === undefined || process.platform !== 'linux') return {}
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === instance.data ? {} : { PG_GRANDPARENT_PID: String(pid) }
  } catch {
    return {}
  }
}
