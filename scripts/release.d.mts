interface Manifest {
  readonly name?: string
  readonly version: string
}
export function releasedVersion(manifests?: readonly Manifest[]): string
export function changesOf(version: string, text: string): string
export function changelogWith(version: string, date: string, text: string): string
