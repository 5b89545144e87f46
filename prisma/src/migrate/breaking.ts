import { readFileSync } from 'node:fs'
import type { Client } from 'pg'
import { DatabaseStartupError } from './database_startup_error.ts'
import type { Migration } from './migrations.ts'

/** An applied migration, as Prisma's table has it. Of a breaking one `logs` names the version that came with it. */
export type Recorded = { name: string; checksum: string; finished: boolean; logs: string | null }

/** The version of this program, from the package.json of the root. */
export function ownVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}

const MARK = /^breaking: needs (\S+)$/

/** What `logs` says of a breaking migration. Prisma itself reads the column only where a migration has failed. */
export function breakingMark({ isBreaking }: Migration, version: string): string | null {
  return isBreaking ? `breaking: needs ${version}` : null
}

/** Throws where a migration that this version does not have is one that it cannot serve with. */
export function assertNotOutdated(migrations: readonly Migration[], known: readonly Recorded[], version: string): void {
  const line = outdatedLine(migrations, known, version)
  if (line !== undefined) throw new DatabaseStartupError('outdated_version', line)
}

/** What to tell the operator then. Of several such migrations it names the last: its version has the others as well. */
export function outdatedLine(
  migrations: readonly Migration[],
  known: readonly Recorded[],
  version: string,
): string | undefined {
  const ours = new Set(migrations.map(({ name }) => name))
  const others = known.filter(({ name, finished }) => finished && !ours.has(name))
  // By code unit, as the names of the folders are sorted.
  const names = new Map(others.map(({ name, logs }) => [name, MARK.exec(logs ?? '')?.[1]]))
  const name = [...names.keys()].toSorted().findLast((one) => names.get(one) !== undefined)
  if (name === undefined) return undefined
  return (
    `this is Taskwire ${version}, and the database needs Taskwire ${names.get(name)} or newer (migration ${name}): ` +
    `start that version, or restore a backup from before it`
  )
}

/** Marks the breaking migrations that something else has applied, as `prisma migrate deploy` does, which marks none. */
export async function markBreaking(
  client: Client,
  { migrations, known, version }: { migrations: readonly Migration[]; known: readonly Recorded[]; version: string },
): Promise<void> {
  const unmarked = new Set(
    known.filter(({ finished, logs }) => finished && !MARK.test(logs ?? '')).map(({ name }) => name),
  )
  for (const migration of migrations) {
    if (!migration.isBreaking || !unmarked.has(migration.name)) continue
    await client.query(
      `UPDATE taskwire._prisma_migrations SET logs = $1 WHERE migration_name = $2 AND finished_at IS NOT NULL`,
      [breakingMark(migration, version), migration.name],
    )
  }
}
