import { readFile } from 'node:fs/promises'
import { onServer, testDatabase } from '@taskwire/db/testing'
import { afterAll, expect, test } from 'vitest'
import { brokenLinks, newUser } from '../../testing/services.ts'
import { servicesOn } from '../../testing/replica.ts'
import { scriptedAssistant } from '../../testing/scripted_assistant.ts'

// deploy/partition_by_user.sql on a database with content, and what the unchanged code does on the divided tables.

const script = await readFile(new URL('../../../../deploy/partition_by_user.sql', import.meta.url), 'utf8')
const database = await testDatabase()
const api = servicesOn(database)
Object.assign(api.services, { assistant: scriptedAssistant() })
afterAll(api.close)

const divide = () => onServer(database.url, (client) => client.query(`BEGIN; ${script} COMMIT`))

/** What the five tables have besides their rows, without the names of partitions. */
async function definitions(): Promise<string[]> {
  const { rows } = await database.pool.query<{ definition: string }>(
    `WITH tables AS (SELECT oid FROM pg_class WHERE relnamespace = 'taskwire'::regnamespace
       AND relname IN ('task', 'change', 'change_counter', 'conversation', 'message'))
     SELECT replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') AS definition FROM pg_index
       WHERE indrelid IN (SELECT oid FROM tables)
     UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
       WHERE (conrelid IN (SELECT oid FROM tables) OR confrelid IN (SELECT oid FROM tables)) AND conparentid = 0
     UNION ALL SELECT concat_ws(' ', tgrelid::regclass, tgname, tgtype, tgfoid::regproc, tgenabled, tginitdeferred, tgqual IS NULL)
       FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM tables) AND NOT tgisinternal
     UNION ALL SELECT attrelid::regclass || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' ||
         coalesce(pg_get_expr(adbin, adrelid), '') || attgenerated::text
       FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
       WHERE attrelid IN (SELECT oid FROM tables) AND attnum > 0 AND NOT attisdropped
     UNION ALL SELECT 'sequence of ' || refobjid::regclass || ': ' || objid::regclass FROM pg_depend
       JOIN pg_class ON pg_class.oid = objid AND relkind = 'S' WHERE refobjid IN (SELECT oid FROM tables) AND deptype = 'a'
     ORDER BY 1`,
  )
  return rows.map(({ definition }) => definition)
}

async function person() {
  const user_id = newUser()
  const { task, change, chat, conversation } = api.caller(user_id)
  const { id } = await task.create({ title: 'Milk', tags: ['shop'] })
  await task.update({ task_id: id, title: 'Bread' })
  const { conversation_id } = await chat.send({ message: 'Hello' })
  return { task, change, conversation, id, conversation_id }
}

async function content({ task, change, conversation, id, conversation_id }: Awaited<ReturnType<typeof person>>) {
  const { changes } = await change.list({ since: 0, limit: 200 })
  expect(changes.length).toBeGreaterThan(1)
  expect(brokenLinks(changes)).toEqual([])
  return {
    list: await task.list({}),
    changes,
    history: await task.history({ task_id: id }),
    messages: await conversation.messages({ conversation_id }),
  }
}

test('the tables are divided with everything that they have, and serve as before', async () => {
  const people = await Promise.all(Array.from({ length: 8 }, person))
  const before = { definitions: await definitions(), contents: await Promise.all(people.map(content)) }
  await divide()
  expect(await definitions()).toEqual(before.definitions)
  expect(await Promise.all(people.map(content))).toEqual(before.contents)

  const { rows } = await database.pool.query<{ used: number; options: string }>(
    `SELECT count(DISTINCT task.tableoid)::int AS used, min(reloptions::text) AS options
      FROM taskwire.task JOIN pg_class ON pg_class.oid = task.tableoid`,
  )
  expect(rows[0]?.used).toBeGreaterThan(1)
  expect(rows[0]?.options).toBe('{fillfactor=80}')
  const [one] = people
  if (one === undefined) throw new Error('nobody')
  await one.task.complete({ task_id: one.id })
  expect(await one.task.list({ search: 'brea' })).toMatchObject({ items: [{ id: one.id, completed: true }] })
  await one.task.delete({ task_id: one.id })
  const { seq } = (await one.change.list({ since: 0, limit: 200 })).changes.at(-1) ?? { seq: 0 }
  await one.change.undo({ seq })
  expect(await one.task.get({ task_id: one.id })).toMatchObject({ title: 'Bread', completed: true })
  await content(await person())
})

test('tables that are divided already stay as they are', async () => {
  await expect(divide()).rejects.toThrow('the tables are partitioned already')
})
