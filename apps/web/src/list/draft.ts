import type { PendingWrite } from '@taskwire/offline'
import type { Task } from '../client.ts'
import { detailsOf, detailsProblem, type DetailsDraft } from './details_draft.ts'
import { descriptionProblem, titleProblem } from './text_limits.ts'

/** A task while it is edited. */
export interface Draft {
  readonly title: string
  readonly description: string
  readonly details: DetailsDraft
  /** The task when the edit began. */
  readonly base: Task
  /** Where in the title the edit begins; at its end if that is not known. */
  readonly caret?: number | undefined
}

export function draftOf(base: Task, caret?: number): Draft {
  return { title: base.title, description: base.description ?? '', details: detailsOf(base), base, caret }
}

/** The draft from which a write came, to edit it again; undefined if it came from none. */
export function editedAgain({ task_id, base, intent }: PendingWrite): Draft | undefined {
  if (intent.kind !== 'edit' || base === null) return undefined
  const before = { ...base, id: task_id }
  return { ...draftOf({ ...before, ...intent.fields }), base: before }
}

/** Why a draft cannot be saved, as a sentence; null if it can. */
export function draftProblem({ title, description, details }: Draft): string | null {
  return titleProblem(title) ?? descriptionProblem(description) ?? detailsProblem(details)
}
