import { subscribe } from 'node:diagnostics_channel'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'

// Loaded into a server process before it starts, this file records the ports of the clients whose connections the
// process accepted: the system also completes connections that no process accepts.

const FILE = 'ACCEPTED_PORTS_FILE'

/** Settings for a server that leaves the ports in `file` when it ends. */
export function recordAcceptedPorts(file: string): Record<string, string> {
  return { NODE_OPTIONS: `--import ${fileURLToPath(import.meta.url)}`, [FILE]: file }
}

export function acceptedPorts(file: string): ReadonlySet<number> {
  return new Set(readFileSync(file, 'utf8').split('\n').map(Number))
}

const target = process.env[FILE]
if (target !== undefined) {
  const ports: (number | undefined)[] = []
  // The channel's message is untyped.
  subscribe('net.server.socket', (message) => ports.push((message as { socket: Socket }).socket.remotePort))
  process.once('exit', () => writeFileSync(target, ports.join('\n')))
}
