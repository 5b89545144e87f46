import type { Pool } from 'pg'

const TITLES = [
  'Buy milk',
  'Water the plants',
  'Renew the passport',
  'Call the plumber about the kitchen tap',
  'Write the release notes',
  'Review the open pull requests',
  'Book train tickets',
  'Back up the photos',
  'Pay the electricity bill',
  'Read the chapter on indexes',
  'Repair the bicycle',
  'Plan the team lunch',
]

const BATCH = 1000

/**
 * Creates demo tasks numbered 1 to `count`, an hour apart with the first the newest, every third completed, every fourth
 * with a description. Returns how many it created: a task whose title exists already is kept.
 */
export async function seed(pool: Pool, { user_id, count }: { user_id: string; count: number }): Promise<number> {
  let made = 0
  for (let from = 1; from <= count; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - from + 1) }, (_, index) => demoTask(from + index))
    const { rowCount } = await pool.query(
      `INSERT INTO taskwire.task (user_id, title, description, completed, created_at, updated_at)
        SELECT $1::varchar, title, description, completed, at, at
        FROM jsonb_to_recordset($2) AS demo (number int, title text, description text, completed bool),
          LATERAL (SELECT date_trunc('hour', now()) - demo.number * interval '1 hour' AS at) AS time
        WHERE NOT EXISTS (SELECT FROM taskwire.task AS here WHERE here.user_id = $1::varchar AND here.title = demo.title)
        ORDER BY number DESC`,
      [user_id, JSON.stringify(rows)],
    )
    made += rowCount ?? 0
  }
  return made
}

function demoTask(number: number) {
  return {
    number,
    title: `${TITLES[(number - 1) % TITLES.length]} (${number})`,
    description: number % 4 === 0 ? `Demo task ${number}.` : null,
    completed: number % 3 === 0,
  }
}
