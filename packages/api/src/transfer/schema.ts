import { z } from 'zod'
import { pageCursor } from '../core/fields.ts'
import { writeFields } from '../task/schema.ts'

export const exportFormats = ['json', 'csv', 'ics', 'todotxt'] as const
export type ExportFormat = (typeof exportFormats)[number]

export const exportInput = z.strictObject({
  format: z.enum(exportFormats).meta({
    description: 'json has everything, with the trash, the log and the conversations; the others have the tasks',
  }),
  cursor: pageCursor.optional().meta({ description: 'The next_cursor of the part before' }),
})

export const exportOutput = z.object({
  text: z.string().meta({ description: 'A part of the file. All parts in their order are the file' }),
  next_cursor: z.string().nullable(),
  media_type: z.string(),
  file_name: z.string(),
})
export type ExportedPart = z.infer<typeof exportOutput>

export const importSources = ['taskwire', 'todoist', 'mstodo', 'ticktick', 'google', 'csv', 'ics', 'todotxt'] as const
export type ImportSource = (typeof importSources)[number]

export const importInput = z.strictObject({
  source: z.enum(importSources).meta({ description: 'What wrote the file' }),
  dry_run: z.boolean().optional().meta({ description: 'Only report what would come' }),
  file: z.string().meta({ description: 'The file: at most 20 MB and 10,000 tasks' }),
  idempotency_key: writeFields.idempotency_key,
})
export type ImportInput = z.infer<typeof importInput>

const importedRow = z.object({
  row: z.int().meta({ description: 'The place among the tasks of the file: 1, 2, 3 and so on' }),
  title: z.string(),
  task_id: z.int().optional().meta({ description: 'Of a created task' }),
  result: z.enum(['created', 'skipped', 'failed']),
  lost: z
    .array(z.string())
    .optional()
    .meta({ description: 'The names of what the row has and a task has no place for' }),
  reason: z.string().optional().meta({ description: 'Why the row was skipped or failed' }),
})
export type ImportedRow = z.infer<typeof importedRow>

export const importOutput = z.object({
  created: z.int(),
  skipped: z.int(),
  first_seq: z.int().nullable().meta({ description: 'The seq of the first change; null if there is none' }),
  last_seq: z.int().nullable(),
  rows: z.array(importedRow),
})
export type ImportOutput = z.infer<typeof importOutput>
