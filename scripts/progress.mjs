import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Writes progress to stderr, because the target may speak a protocol on stdout. */
export function log(line) {
  process.stderr.write(`taskwire: ${line}\n`)
}

export function fail(line) {
  log(line)
  process.exit(1)
}

/** The time since `start` for a person to read. */
export function elapsed(start) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`
}
