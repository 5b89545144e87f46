import { expect, test } from 'vitest'
import type { ChangeMetadata } from '../log/write.ts'
import { exampleTask } from './fields.ts'
import { taskOutput } from './schema.ts'
import { taskComplete, taskReopen } from './series_sql.ts'
import { taskInsert, taskToggle, taskTrash, taskUpdate, type LiveTask, type WrittenFields } from './write_sql.ts'

const metadata: ChangeMetadata = {
  changed_via: 'trpc',
  changed_actor: null,
  changed_key: null,
  changed_request: null,
  changed_conversation_id: null,
  changed_batch: null,
}
const task: LiveTask = { user_id: 'ann', id: 7, versions: [3], judged_by: 'version' }
const example = taskOutput.parse(exampleTask)
const next = {
  due_date: null,
  due_at: null,
  start_date: null,
  reminders: [],
  recurrence: { rule: 'FREQ=DAILY', next: 'each' as const, start: '', occurrence: '', number: 1 },
  checklist: [],
}

/** Every set of six fields. */
const sets = Array.from({ length: 64 }, (_, bits): WrittenFields => {
  const { title, description, completed, priority, tags, due_time } = example
  const all = Object.entries({ title, description, completed, priority, tags, due_time })
  return Object.fromEntries(all.filter((_one, index) => ((bits >> index) & 1) === 1))
})

test.each([
  ['complete', 20, (fields: WrittenFields) => taskComplete(task, { fields, next }, metadata)],
  ['reopen', 20, (fields: WrittenFields) => taskReopen(task, fields, metadata)],
  ['insert', 26, (fields: WrittenFields) => taskInsert('ann', fields, metadata)],
  ['update', 26, (fields: WrittenFields) => taskUpdate(task, fields, metadata)],
] as const)(
  'the statements that %s tasks have at most %d names, of which each costs memory on every connection',
  (_, most, make) => {
    const made = sets.map(make)
    const names = new Set(made.flatMap(({ name }) => name ?? []))
    expect(names.size).toBeLessThanOrEqual(most)
    expect(names.size).toBeGreaterThan(0)
    const texts = Map.groupBy(made, ({ name }) => name)
    for (const [name, all] of texts) if (name !== undefined) expect(new Set(all.map(({ text }) => text)).size).toBe(1)
  },
)

test('every write of a user waits for those before it, and names its user, its task and its versions', () => {
  for (const statement of [
    taskComplete(task, { fields: {}, next }, metadata),
    taskReopen(task, {}, metadata),
    taskUpdate(task, { title: 'x' }, metadata),
    taskToggle(task, metadata),
    taskTrash(task, metadata),
  ]) {
    expect(statement.pipeline).toEqual({ lockKey: 'ann' })
    expect(statement.values).toEqual(expect.arrayContaining(['ann', 7, [3]]))
    expect(statement.text).toMatch(
      /user_id = \$\d+ AND id = \$\d+\s+AND \(\$(\d+)::int\[\] IS NULL OR version = ANY\(\$\1::int\[\]\)\) AND deleted_at IS NULL/,
    )
  }
  expect(taskInsert('ann', { title: 'x' }, metadata).pipeline).toEqual({ lockKey: 'ann' })
})
