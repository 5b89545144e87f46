import type { DraftStore } from '../drafts.ts'

/** What another app shared with this one, as a line for a new task; empty if nothing was. */
export function sharedText(search: string): string {
  const values = new URLSearchParams(search)
  const parts = ['title', 'text', 'url'].map((name) => values.get(name)?.replaceAll(/\s+/g, ' ').trim() ?? '')
  // Many apps repeat the title or the address in the text.
  return parts
    .filter((part, index) => part !== '' && !parts.some((other, at) => at !== index && isIn(part, index, other, at)))
    .join(' ')
}

function isIn(part: string, index: number, other: string, at: number): boolean {
  return other.includes(part) && (other !== part || at < index)
}

/** Makes what was shared the draft of a new task, behind what is half typed, and takes it out of the address. */
export function takeSharedText(drafts: DraftStore): void {
  if (location.hash === '#/connect') return
  const shared = sharedText(location.search)
  if (shared === '') return
  drafts.save({ new_task: [drafts.load().new_task.trim(), shared].filter((part) => part !== '').join(' ') })
  history.replaceState(history.state, '', `${location.pathname}${location.hash}`)
}
