import { startServer, type ServerProcess } from '../replicas/server_process.ts'
import { environmentWith, type AddedField } from './environment.ts'

/** As a migration that adds a field has it, once for all of them. */
const nextShape = `CREATE OR REPLACE FUNCTION taskwire.task_shape() RETURNS smallint
  LANGUAGE sql IMMUTABLE AS $$ SELECT 2::smallint $$`

/** A field of each kind: a nullable day, a list, a structure, and one that only the system sets. */
export const addedFields: Readonly<Record<'seen_on' | 'labels' | 'steps' | 'rank', AddedField>> = {
  seen_on: {
    line: `seen_on: { input: z.iso.date().nullable(), output: z.string().nullable(), column: 'date', default: null, shape: 2 },`,
    migration: `ALTER TABLE taskwire.task ADD COLUMN seen_on date; ${nextShape}`,
  },
  labels: {
    line: `labels: { input: z.array(text.max(50)).max(20), output: z.array(z.string()), column: 'text[]', default: [], shape: 2 },`,
    migration: `ALTER TABLE taskwire.task ADD COLUMN labels text[] NOT NULL DEFAULT '{}'`,
  },
  steps: {
    line: `steps: {
      input: z.array(z.strictObject({ item: text, done: z.boolean() })),
      output: z.array(z.object({ item: z.string(), done: z.boolean() })), column: 'jsonb', default: [], shape: 2 },`,
    migration: `ALTER TABLE taskwire.task ADD COLUMN steps jsonb NOT NULL DEFAULT '[]'`,
  },
  rank: {
    line: `rank: { output: z.string(), column: 'text', default: 'm', shape: 2 },`,
    migration: `ALTER TABLE taskwire.task ADD COLUMN rank text NOT NULL DEFAULT 'm'`,
  },
}

/**
 * Starts the server as shipped, in a process of its own, but with fields added to the table. The caller runs their
 * migrations on the database first. Settings must name a database (`DATABASE_URL`, `TASKWIRE_DATA_DIR`).
 */
export function startServerWith(
  fields: readonly AddedField[],
  settings: Record<string, string>,
): Promise<ServerProcess> {
  return startServer({ ...environmentWith(fields), ...settings })
}
