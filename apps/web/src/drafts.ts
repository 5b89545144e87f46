import { tableShape } from '@taskwire/offline'
import type { Draft } from './list/draft.ts'

/** What a user has typed and not saved yet. */
export interface StoredDrafts {
  readonly new_task: string
  readonly edit: Draft | undefined
}

/** Keeps what is half typed in this browser, so that it survives a reload and closing the page. */
export interface DraftStore {
  readonly load: () => StoredDrafts
  readonly save: (changes: Partial<StoredDrafts>) => void
  readonly clear: () => void
  /** Opens an edit anew, or as soon as there is an editor for it. Returns false where another one has to be corrected first. */
  readonly reopen: (edit: Draft) => boolean
  /** Subscribes the editor, which returns whether it opened the edit, to edits that are opened anew. Returns how to end that. */
  readonly onReopen: (open: Opener) => () => void
}

type Opener = (edit: Draft) => boolean

const STORED = 'taskwire.drafts'
const nothing: StoredDrafts = { new_task: '', edit: undefined }

export function createDraftStore(user_id: string): DraftStore {
  let drafts = storedDrafts(user_id)
  let waiting: Draft | undefined
  let opener: Opener | undefined
  return {
    load: () => drafts,
    save(changes) {
      drafts = { ...drafts, ...changes }
      const isEmpty = drafts.new_task === '' && drafts.edit === undefined
      if (isEmpty) return localStorage.removeItem(STORED)
      try {
        localStorage.setItem(STORED, JSON.stringify({ user_id, shape: tableShape, ...drafts }))
      } catch {
        // It is full, such as of writes that wait for the database: this draft lasts as long as the page.
        localStorage.removeItem(STORED)
      }
    },
    clear() {
      drafts = nothing
      waiting = undefined
      localStorage.removeItem(STORED)
    },
    reopen(edit) {
      if (opener !== undefined) return opener(edit)
      waiting = edit
      return true
    },
    onReopen(open) {
      opener = open
      if (waiting !== undefined && open(waiting)) waiting = undefined
      return () => {
        if (opener === open) opener = undefined
      }
    },
  }
}

/** Drafts of another user, or of a build with other fields, are not taken over. */
function storedDrafts(user_id: string): StoredDrafts {
  const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? 'null')
  // What somebody else typed here is not for this user to find.
  if (isStored(stored) && stored.user_id !== user_id) localStorage.removeItem(STORED)
  return isStored(stored) && stored.user_id === user_id && stored.shape === tableShape
    ? { new_task: stored.new_task, edit: stored.edit }
    : nothing
}

interface Stored extends StoredDrafts {
  readonly user_id: string
  readonly shape: string
}

function isStored(value: unknown): value is Stored {
  return typeof value === 'object' && value !== null && 'user_id' in value && 'new_task' in value
}
