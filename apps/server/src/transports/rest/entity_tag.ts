/** The versions that an `If-Match` or `If-None-Match` names; `any` for `*`. What is no tag of ours matches nothing. */
export function namedVersions(header: string): number[] | 'any' {
  if (header.trim() === '*') return 'any'
  const tags = header.split(',').flatMap((tag) => /^\s*(?:W\/)?"([1-9]\d{0,9})"\s*$/.exec(tag)?.[1] ?? [])
  return [...new Set(tags.map(Number))]
}

/** A task's version as an `ETag`. */
export function entityTag(version: number): string {
  return `"${version}"`
}

/** The version or versions that a write is meant for; undefined for any. */
export function ifVersion(header: string): number | number[] | undefined {
  const versions = namedVersions(header)
  if (versions === 'any') return undefined
  return versions.length === 1 ? versions[0] : versions
}
