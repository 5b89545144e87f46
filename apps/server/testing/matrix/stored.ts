import type { TestDatabase } from '@taskwire/db/testing'

// A key notes when it was last used; a session when it was last seen.
const NOTES = new Set(['apikey', 'session'])

export interface StoredOptions {
  /** A message of this user is stored whatever its tools come to: leave out his conversations. */
  readonly chatOf?: string
}

/** A digest of all rows of all our tables: two equal texts mean that nothing was written in between. */
export async function storedRows({ pool }: TestDatabase, { chatOf }: StoredOptions = {}): Promise<string> {
  const selects = (await tablesOf(pool))
    .filter((name) => !NOTES.has(name))
    .map((name) => {
      const isChat = name === 'conversation' || name === 'message'
      const where = isChat && chatOf !== undefined ? `WHERE user_id <> '${chatOf}'` : ''
      return `SELECT '${name}' AS name, count(*) AS rows, sum(hashtextextended(t::text, 0)) AS digest FROM taskwire."${name}" t ${where}`
    })
  const { rows } = await pool.query(selects.join(' UNION ALL '))
  return JSON.stringify(rows)
}

const tables = new WeakMap<TestDatabase['pool'], Promise<string[]>>()

/** The names of our tables. They are read once: the matrix looks at every row some 1,600 times. */
function tablesOf(pool: TestDatabase['pool']): Promise<string[]> {
  const known = tables.get(pool) ?? readTables(pool)
  tables.set(pool, known)
  return known
}

async function readTables(pool: TestDatabase['pool']): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'taskwire' AND table_type = 'BASE TABLE'",
  )
  return rows.map(({ name }) => name)
}
