/** What it takes to add a field: a line in the table of `task/fields.ts`, and a migration. */
export interface AddedField {
  readonly line: string
  readonly migration: string
}

const preload = new URL('./preload.mjs', import.meta.url).href

/** The variables of a process whose table has these fields as well, by a load hook. */
export function environmentWith(fields: readonly AddedField[]): Record<string, string> {
  return { NODE_OPTIONS: `--import=${preload}`, ADDED_FIELDS: fields.map(({ line }) => line).join('\n') }
}
