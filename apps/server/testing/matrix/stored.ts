import type { TestDatabase } from '@taskwire/db/testing'

// A key notes when it was last used; a session when it was last seen.
const NOTES = new Set(['apikey', 'session'])

export interface StoredOptions {
  /** A message of this user is stored whatever its tools come to: leave out his conversations. */
  readonly chatOf?: string
}

/** Tells in one text all rows of all our tables: two equal texts mean that nothing was written in between. */
export async function storedRows({ pool }: TestDatabase, { chatOf }: StoredOptions = {}): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'taskwire' AND table_type = 'BASE TABLE'",
  )
  const selects = tables
    .filter(({ name }) => !NOTES.has(name))
    .map(({ name }) => {
      const isChat = name === 'conversation' || name === 'message'
      const where = isChat && chatOf !== undefined ? `WHERE user_id <> '${chatOf}'` : ''
      return `SELECT '${name}' AS name, md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), '')) AS digest FROM taskwire."${name}" t ${where}`
    })
  const { rows } = await pool.query(selects.join(' UNION ALL '))
  return JSON.stringify(rows)
}
