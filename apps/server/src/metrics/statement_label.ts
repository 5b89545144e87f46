/** The name of a statement without the hash at its end, which tells versions of its text apart. */
export function statementLabel(name: string): string {
  return name.replace(/_[0-9a-f]{12}$/, '')
}
