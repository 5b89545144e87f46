import type { Client } from 'pg'

/**
 * Drops the indexes that no constraint needs and the foreign keys, and returns a function that creates them again: both
 * at once are faster over a full table than row by row, and the order of the tables does not matter.
 */
export async function dropIndexesAndForeignKeys(client: Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ remove: string; add: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS remove,
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS add
      FROM pg_constraint WHERE connamespace = 'taskwire'::regnamespace AND contype = 'f' AND conparentid = 0
    UNION ALL
    SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
      WHERE relnamespace = 'taskwire'::regnamespace AND NOT relispartition
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`,
  )
  for (const { remove } of rows) await client.query(remove)
  return async () => {
    for (const { add } of rows.toReversed()) await client.query(add)
  }
}
