import type { Database } from '@taskwire/db'

/** A point in time as it appears in responses and in the log's JSON, up to the whole seconds. */
const TIME = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?=(\.\d+)?(Z|\+00:00)")/g

interface Column {
  readonly table_name: string
  readonly column_name: string
}

/**
 * Moves every time in the database forward by `seconds`, in columns and within JSON.
 * Otherwise recorded data would age with the repository, and a server removes or rejects old data: sessions
 * after 7 days, log and trash after 30. Moving the data rather than the clock leaves the server under test, its
 * PostgreSQL and all rules about age unmodified. No trigger fires, so the move is not logged as a change.
 */
export async function moveTimes(pool: Database['pool'], seconds: number): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('SET LOCAL session_replication_role = replica')
    for (const column of await columnsOf(client, 'timestamp with time zone')) await moveColumn(client, column, seconds)
    for (const column of await columnsOf(client, 'jsonb')) await moveTimesInJson(client, column, seconds)
    await client.query('COMMIT')
  } finally {
    client.release()
  }
}

type Client = Pick<Database['pool'], 'query'>

async function columnsOf(client: Client, type: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'taskwire' AND data_type = $1`,
    [type],
  )
  return rows
}

async function moveColumn(client: Client, { table_name, column_name }: Column, seconds: number): Promise<void> {
  const column = `"${column_name}"`
  await client.query(`UPDATE taskwire."${table_name}" SET ${column} = ${column} + make_interval(secs => $1)`, [seconds])
}

async function moveTimesInJson(client: Client, { table_name, column_name }: Column, seconds: number): Promise<void> {
  const [table, column] = [`taskwire."${table_name}"`, `"${column_name}"`]
  const { rows } = await client.query<{ row: string; json: string }>(
    `SELECT ctid::text AS row, ${column}::text AS json FROM ${table} WHERE ${column} IS NOT NULL`,
  )
  for (const { row, json } of rows) {
    const values = [movedText(json, seconds), row]
    await client.query(`UPDATE ${table} SET ${column} = $1::jsonb WHERE ctid = $2::tid`, values)
  }
}

/** JSON text with its times moved by whole seconds, so that fractions stay as PostgreSQL wrote them. */
export function movedText(json: string, seconds: number): string {
  return json.replaceAll(TIME, (time) => new Date(Date.parse(`${time}Z`) + seconds * 1000).toISOString().slice(0, 19))
}
