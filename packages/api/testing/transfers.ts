import type { Caller } from './services.ts'
import type { ExportFormat, ImportOutput, ImportSource } from '../src/transfer/schema.ts'

type Transfer = Pick<Caller, 'transfer' | 'task'>

/** A whole export. */
export async function exported({ transfer }: Pick<Caller, 'transfer'>, format: ExportFormat): Promise<string> {
  let text = ''
  for (let cursor: string | undefined; ;) {
    const part = await transfer.export({ format, ...(cursor === undefined ? {} : { cursor }) })
    text += part.text
    if (part.next_cursor === null) return text
    cursor = part.next_cursor
  }
}

export function imported(
  { transfer }: Pick<Caller, 'transfer'>,
  source: ImportSource,
  file: string,
): Promise<ImportOutput> {
  return transfer.import({ source, file })
}

/** All tasks of a user in the manual order, without what says whose and which they are. */
export async function contentOf(
  { task }: Pick<Transfer, 'task'>,
  status: 'all' | 'deleted' = 'all',
): Promise<object[]> {
  const all: object[] = []
  for (let cursor: string | undefined; ;) {
    const page = await task.list({ status, sort: 'position', limit: 200, ...(cursor === undefined ? {} : { cursor }) })
    for (const { series_id, next_task_id, ...task } of page.items) {
      const own = { id: 0, user_id: '', version: 0, position: '' }
      all.push({ ...task, ...own, isRecurring: series_id !== null, hasNext: next_task_id !== null })
    }
    if (page.next_cursor === null) return all
    cursor = page.next_cursor
  }
}
