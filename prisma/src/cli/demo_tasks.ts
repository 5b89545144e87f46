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

const PRIORITIES = ['high', null, 'medium', null, 'low', null, null]

const RULES = ['FREQ=WEEKLY', 'FREQ=MONTHLY', 'FREQ=DAILY;INTERVAL=3']

const BATCH = 1000

/**
 * Creates demo tasks numbered 1 to `count`, an hour apart with the first the newest, every third completed, every fourth
 * with a description, some with a priority, tags, a due date near today and a recurrence. Returns how many it created: a
 * task whose title exists already is kept.
 */
export async function seed(pool: Pool, { user_id, count }: { user_id: string; count: number }): Promise<number> {
  let made = 0
  for (let from = 1; from <= count; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - from + 1) }, (_, index) => demoTask(from + index))
    const { rowCount } = await pool.query(
      `INSERT INTO taskwire.task
          (user_id, title, description, completed, priority, tags, due_date, recurrence, created_at, updated_at)
        SELECT $1::varchar, title, description, completed, priority, tags, due,
          CASE WHEN rule IS NOT NULL THEN
            jsonb_build_object('rule', rule, 'next', 'upcoming', 'start', due, 'occurrence', due, 'number', 1)
          END, at, at
        FROM jsonb_to_recordset($2) AS demo
            (number int, title text, description text, completed bool, priority text, tags text[], due_in int, rule text),
          LATERAL (
            SELECT date_trunc('hour', now()) - demo.number * interval '1 hour' AS at, current_date + due_in AS due
          ) AS time
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
    priority: PRIORITIES[number % PRIORITIES.length],
    tags: number % 2 === 0 ? ['home'] : number % 5 === 0 ? ['work', 'waiting'] : [],
    // From two days ago to eight days ahead.
    due_in: number % 2 === 1 ? (number % 11) - 2 : null,
    rule: number % 10 === 1 && number % 3 !== 0 ? RULES[Math.floor(number / 30) % RULES.length] : null,
  }
}
