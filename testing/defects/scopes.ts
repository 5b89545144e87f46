import { folderOf, type Defect } from './defect.ts'

/** Which tests are run for a defect, the nearest first. */
export const scopes = ['file', 'folder', 'package', 'related'] as const
export type Scope = (typeof scopes)[number]

export function isScope(text: string): text is Scope {
  return scopes.some((scope) => scope === text)
}

/** The scopes after `last` (all without one) up to `widest`. */
export function scopesBetween(last: Scope | undefined, widest: Scope): readonly Scope[] {
  return scopes.slice(last === undefined ? 0 : scopes.indexOf(last) + 1, scopes.indexOf(widest) + 1)
}

/** The arguments of vitest that run the tests of a scope. */
export function testsOf({ file }: Defect, scope: Scope): string[] {
  if (scope === 'file') return ['run', file.replace(/\.[^./]+$/, '.test.')]
  if (scope === 'folder') return ['run', file.slice(0, file.lastIndexOf('/') + 1)]
  if (scope === 'package') return ['run', `${folderOf({ file })}/`]
  // SQL is imported by nothing, and all may depend on it.
  return /\.tsx?$/.test(file) ? ['related', '--run', file] : ['run']
}
