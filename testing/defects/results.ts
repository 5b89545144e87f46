import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { root } from './copy.ts'
import type { Defect } from './defect.ts'
import type { Result } from './run_tests.ts'

/** How trying a defect ended. */
export interface DefectResult extends Result {
  /** The test files that passed with the defect in place. */
  readonly passed: readonly string[]
  /** How many test files could notice it. */
  readonly related: number
}

/** The results of this clone. A run that was stopped goes on where it ended. */
export interface Results {
  readonly of: (defect: Defect) => DefectResult | undefined
  readonly save: (defect: Defect, result: DefectResult) => Promise<void>
}

const file = join(root, 'node_modules/.cache/taskwire-defects.json')

export function openResults(): Results {
  const known = new Map<string, DefectResult>(Object.entries(stored()))
  return {
    of: (defect) => known.get(keyOf(defect)),
    async save(defect, result) {
      known.set(keyOf(defect), result)
      await mkdir(dirname(file), { recursive: true })
      // Another run may have saved results of other defects meanwhile.
      const all = { ...stored(), [keyOf(defect)]: result }
      await writeFile(file, `${JSON.stringify(all, null, 2)}\n`)
    },
  }
}

/** A defect that was written anew is another one. */
function keyOf(defect: Defect): string {
  return createHash('sha256').update(JSON.stringify(defect)).digest('hex').slice(0, 16)
}

function stored(): Record<string, DefectResult> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, DefectResult>
  } catch {
    return {}
  }
}
