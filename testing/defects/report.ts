import { kinds, packageOf, type Defect } from './defect.ts'
import type { DefectResult } from './results.ts'

export interface Tried {
  readonly defect: Defect
  readonly result: DefectResult
}

/** What was noticed of each package and kind, as a table in Markdown, and the defects that survived. */
export function report(tried: readonly Tried[]): string {
  const packages = [...new Set(tried.map(({ defect }) => packageOf(defect)))].toSorted()
  const rows = [...packages, 'all'].map((name) => {
    const own = tried.filter(({ defect }) => name === 'all' || packageOf(defect) === name)
    return [name, ...kinds.map((kind) => share(own.filter(({ defect }) => defect.kind === kind))), share(own)]
  })
  const lines = [['package', ...kinds, 'all'], ['---', ...kinds.map(() => '---'), '---'], ...rows]
  const survivors = tried.filter(({ result }) => result.noticed === undefined)
  return [
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...survivors.map(({ defect, result: { passed, related } }) => {
      const extent = `${passed.length} of ${related} test files`
      return `survived ${extent}: ${packageOf(defect)}, ${defect.kind}: ${defect.name}`
    }),
    '',
  ].join('\n')
}

/** Such as "3 of 4". */
function share(tried: readonly Tried[]): string {
  if (tried.length === 0) return ''
  return `${tried.filter(({ result }) => result.noticed !== undefined).length} of ${tried.length}`
}
