import { t } from '../texts/texts.ts'

/** A key as it is written on the keyboard. */
export function keyName(name: string): string {
  const names: Readonly<Record<string, string>> = t.shell.keyNames
  return names[name] ?? name
}
