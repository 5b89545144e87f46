import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readlinkSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { spawnOptions } from './cluster.ts'
import type { Home } from './instance_dir.ts'
import { settings } from './settings.ts'

export type Endpoint = { host: string; port: number }

/** The process id and port in the cluster's postmaster.pid; whether that process lives is not asked here. */
export function recordedPostmaster(home: Home): { pid: number; port: number } | undefined {
  try {
    const lines = readFileSync(join(home.data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]) }
  } catch {
    return undefined
  }
}

/** A socket in the home, or a free port on loopback where the path is too long for a socket's address. */
export async function endpointFor(home: Home, preferredPort?: number): Promise<Endpoint> {
  // 104 bytes with the closing zero on macOS, 108 on Linux.
  const fits = Buffer.byteLength(join(home.directory, '.s.PGSQL.5432')) < 104
  if (fits) return { host: home.directory, port: 5432 }
  return { host: '127.0.0.1', port: preferredPort ?? recordedPostmaster(home)?.port ?? (await freePort()) }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 5432
}

export type Postmaster = { process: ChildProcess; log: string; logStart: number }

/** Starts the server in a session of its own: Ctrl-C in our terminal must not reach it before we have drained. */
export function spawnPostmaster(home: Home, { host, port }: Endpoint, options: { durable: boolean }): Postmaster {
  const log = join(home.directory, 'server.log')
  const large = (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 5_000_000
  const out = openSync(log, large ? 'w' : 'a', 0o600)
  const logStart = statSync(log).size
  const where = host.startsWith('/')
    ? // Relative to the data directory: a comma or a quote in the path would need quoting that no version agrees on.
      { listen_addresses: '', unix_socket_directories: '..' }
    : { listen_addresses: host, unix_socket_directories: '' }
  const args = Object.entries({ ...settings(options), ...where, port: String(port) }).map(([k, v]) => `--${k}=${v}`)
  const base = spawnOptions(home)
  const child = spawn(join(home.binaries, 'postgres'), ['-D', home.data, ...args], {
    ...base,
    env: { ...base.env, ...notOurPostmaster(home) },
    detached: true,
    stdio: ['ignore', out, out],
  })
  closeSync(out)
  child.unref()
  return { process: child, log, logStart }
}

/**
 * After a crash, postmaster.pid may name a process id that something else has got since: in a container, usually this
 * very server. PostgreSQL would take it for a running postmaster; this variable tells it which process is not one.
 */
function notOurPostmaster(home: Home): Record<string, string> {
  const pid = recordedPostmaster(home)?.pid
  if (pid === undefined || process.platform !== 'linux') return {}
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === home.data ? {} : { PG_GRANDPARENT_PID: String(pid) }
  } catch {
    return {}
  }
}
