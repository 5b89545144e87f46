/** What a defect breaks. */
export const kinds = ['ownership', 'logic', 'lifetime', 'bounds', 'time', 'trust'] as const
export type Kind = (typeof kinds)[number]

/** A mistake that a change could bring into the sources. */
export interface Defect {
  /** What is wrong while it is planted. Names the defect, so it is unique. */
  readonly name: string
  readonly kind: Kind
  readonly file: string
  /** Text that the file contains exactly once. */
  readonly search: string
  readonly replacement: string
}

/** The package that a file belongs to, as the report names it. */
export function packageOf({ file }: Pick<Defect, 'file'>): string {
  const [first = '', second = ''] = file.split('/')
  return first === 'packages' || first === 'apps' ? second : first
}

/** The folder of that package. */
export function folderOf({ file }: Pick<Defect, 'file'>): string {
  const [first = '', second = ''] = file.split('/')
  return first === 'packages' || first === 'apps' ? `${first}/${second}` : first
}

/** The text of a file with a defect in it. Throws where the text that it replaces is absent or not unique. */
export function planted(source: string, { name, file, search, replacement }: Defect): string {
  const places = source.split(search).length - 1
  if (places !== 1) throw new Error(`"${name}": ${file} contains its search text ${places} times instead of once`)
  return source.replace(search, () => replacement)
}
