// The order matters: most browsers also name those that they descend from.
const browsers = [
  ['Edge', /\bEdg(e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Headless)?(Chrome|CriOS)\//],
  ['Safari', /\bSafari\//],
] as const

const systems = [
  ['Android', /Android/],
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Windows', /Windows/],
  ['Mac', /Mac OS X|Macintosh/],
  ['Linux', /Linux/],
] as const

/** A browser and its system by their names, such as "Firefox, Windows"; undefined for what names neither. */
export function browserOf(userAgent: string): string | undefined {
  const names = [browsers, systems].map((known) => known.find(([, pattern]) => pattern.test(userAgent))?.[0])
  const found = names.filter((name) => name !== undefined)
  return found.length === 0 ? undefined : found.join(', ')
}
