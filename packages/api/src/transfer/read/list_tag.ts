/** Lists that every user of a product has, and that say nothing about a task. */
const INBOXES: ReadonlySet<string> = new Set(['inbox', 'tasks', 'my tasks', 'to do'])

/** The tag that stands for a list, project or section of another product: tasks here have no lists. */
export function listTag(name: string | undefined): string[] {
  const tag = (name ?? '')
    .replaceAll(/\p{Cc}|,/gu, ' ')
    .replace(/^[#\s]+/, '')
    .trim()
  return tag === '' || INBOXES.has(tag.toLowerCase()) ? [] : [tag]
}
