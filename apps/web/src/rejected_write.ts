import { isTaskwireError } from '@taskwire/client'
import type { PendingWrite, RejectionReason } from '@taskwire/offline'
import { errorText } from './error_text.ts'
import { editedAgain, type Draft } from './list/draft.ts'
import { t } from './texts/texts.ts'

interface Rejection {
  readonly title: string
  readonly description: string
  /** What was edited, where the user can correct it. */
  readonly draft: Draft | undefined
}

/** What a user is told of a write that the server has rejected. */
export function rejectionOf(write: PendingWrite, reason: RejectionReason): Rejection {
  const text = reason === 'series_ended' ? `${t.messages.noLongerRepeats}.` : errorText(reason)
  const isInvalid = isTaskwireError(reason) && reason.reason === 'validation_failed'
  return {
    title: t.messages.notSaved(nameOf(write)),
    description: t.messages.shownAgain(text),
    draft: isInvalid ? editedAgain(write) : undefined,
  }
}

function nameOf({ intent, base }: PendingWrite): string {
  if (intent.kind === 'create') return t.messages.task(intent.fields.title)
  if (intent.kind === 'undo') return t.messages.theUndo
  if (base === null) return t.messages.theChange
  return intent.kind === 'edit' ? t.messages.task(intent.fields.title ?? base.title) : t.messages.changeTo(base.title)
}
