import { createHash } from 'node:crypto'
import { z } from 'zod'
import { text } from '../../core/fields.ts'
import { limits } from '../../core/limits.ts'
import { membersOf } from '../columns.ts'

const MAX_ITEMS = 50

export const itemId = z.string().regex(/^[A-Za-z0-9_-]{1,16}$/, 'Must be 1 to 16 of A-Z, a-z, 0-9, _ and -')

const item = z.strictObject({
  id: itemId.optional().meta({ description: 'Unique in the task; made for an item that has none' }),
  text: text.trim().min(1).max(limits.checklistItemLength),
  done: z.boolean().optional().meta({ description: 'Default: false' }),
})
type Item = z.infer<typeof item>

export const checklist = z
  .array(item)
  .max(MAX_ITEMS, `At most ${MAX_ITEMS} items`)
  .refine(hasUniqueIds, 'Must not contain an id twice')
  .overwrite(completed)

const itemOutput = z.object({ id: z.string(), text: z.string(), done: z.boolean() })
export const checklistOutput = z.array(itemOutput)

/** A stored checklist as `JSON.stringify` writes it: `jsonb` has another order of its keys, and spaces. */
export const checklistJson = `CASE WHEN jsonb_array_length(checklist) = 0 THEN '[]' ELSE (
  SELECT '[' || string_agg(
    (SELECT row_to_json(members) FROM (SELECT ${membersOf('item', itemOutput)}) members)::text, ',' ORDER BY place) || ']'
  FROM jsonb_array_elements(checklist) WITH ORDINALITY AS items (item, place)) END::json`

function hasUniqueIds(items: readonly Item[]): boolean {
  const ids = items.flatMap(({ id }) => id ?? [])
  return new Set(ids).size === ids.length
}

function completed(items: readonly Item[]): Item[] {
  const taken = new Set(items.flatMap(({ id }) => id ?? []))
  return items.map(({ id, text, done = false }) => ({ id: id ?? freeId(text, taken), text, done }))
}

/**
 * The id of an item that came without one. It is derived from the text, not random: a repeat of a request must be equal
 * to it. A number of the place in the list would be another item's after a removal.
 */
function freeId(text: string, taken: Set<string>): string {
  for (let attempt = 0; ; attempt++) {
    const id = createHash('sha256').update(`${attempt} ${text}`).digest('base64url').slice(0, 8)
    if (taken.has(id)) continue
    taken.add(id)
    return id
  }
}
