import { readFileSync } from 'node:fs'

/** The version of Taskwire, from the package.json of the root. */
export function taskwireVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}
