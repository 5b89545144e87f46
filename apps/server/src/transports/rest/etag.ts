/** The versions that an `If-Match` or `If-None-Match` header names; `any` for `*`. Foreign entity tags match nothing. */
export function namedVersions(header: string): number[] | 'any' {
  if (header.trim() === '*') return 'any'
  const tags = header.split(',').flatMap((tag) => /^\s*(?:W\/)?"([1-9]\d{0,9})"\s*$/.exec(tag)?.[1] ?? [])
  return [...new Set(tags.map(Number))]
}

/** The `ETag` of a task's version. */
export function entityTag(version: number): string {
  return `"${version}"`
}

/** The input `if_version` that an `If-Match` header stands for; undefined if any version will do. */
export function ifVersion(header: string): number | number[] | undefined {
  const versions = namedVersions(header)
  if (versions === 'any') return undefined
  return versions.length === 1 ? versions[0] : versions
}
