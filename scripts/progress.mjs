import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Progress goes to stderr: what the target writes to stdout may be a protocol. */
export function say(line) {
  process.stderr.write(`taskwire: ${line}\n`)
}

export function fail(line) {
  say(line)
  process.exit(1)
}

/** Seconds since `start`, as people read them. */
export function since(start) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`
}
