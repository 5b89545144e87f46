import type { Change } from '../client.ts'

const kinds: Readonly<Record<Change['kind'], string>> = {
  created: 'Created',
  updated: 'Changed',
  completed: 'Completed',
  reopened: 'Reopened',
  deleted: 'Deleted',
  restored: 'Restored',
}

const doors: Readonly<Record<Change['via'], string>> = {
  trpc: 'You, in an app',
  rest: 'You, through the REST API',
  mcp: 'An agent, through MCP',
  chat: 'The assistant, in a chat',
  sql: 'By hand, in the database',
}

/** What happened, in a word or two. */
export function happened({ kind, undoes }: Change): string {
  return undoes === null ? kinds[kind] : `${kinds[kind]} by an undo`
}

/** Who did it, and through which door. */
export function door({ via }: Change): string {
  return doors[via]
}

export interface Difference {
  readonly field: string
  readonly before?: string | undefined
  readonly after?: string | undefined
}

/** What of title and description a change made different. */
export function differences({ before, after }: Change): Difference[] {
  if (after === null || before === null) return []
  const found: Difference[] = []
  if (before.title !== after.title) found.push({ field: 'Title', before: before.title, after: after.title })
  if (before.description !== after.description) {
    found.push({ field: 'Description', before: before.description ?? undefined, after: after.description ?? undefined })
  }
  return found
}
