import { publishedFields } from '../src/task/published_fields.ts'

/** What a new task has in the fields that came after the first version. */
export const addedDefaults: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(publishedFields).flatMap(([name, field]) => (field.added ? [[name, field.default]] : [])),
)
