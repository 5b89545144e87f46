import type { LoggedTask } from '@taskwire/client'
import { differingFields, withDefaults, type FieldChanges } from '../task_fields.ts'
import type { Intent, PendingWrite } from './pending_write.ts'

/** An intent as builds before the table of fields stored it: all that a task had then, beside the kind. */
interface OlderIntent {
  readonly kind: 'create' | 'edit'
  readonly title: string
  readonly description: string | null
}

/** A write as some build stored it: its tasks lack the fields that were added since. */
export interface StoredWrite extends Omit<PendingWrite, 'intent' | 'base' | 'conflict'> {
  readonly intent: Intent | OlderIntent
  readonly base: LoggedTask | null
  readonly conflict?: LoggedTask
}

/** A stored write in today's form, whichever build stored it. */
export function upgradeWrite(stored: StoredWrite): PendingWrite {
  const { intent, base, conflict, ...rest } = stored
  return {
    ...rest,
    intent: isOlder(intent) ? upgradeIntent(intent, base) : intent,
    base: base && withDefaults(base),
    ...(conflict === undefined ? {} : { conflict: withDefaults(conflict) }),
  }
}

function upgradeIntent({ kind, title, description }: OlderIntent, base: LoggedTask | null): Intent {
  const fields = { title, description }
  if (kind === 'create') return { kind, fields }
  // An older edit named every field, today's names the changed ones.
  const changed: FieldChanges = base === null ? fields : differingFields(fields, base)
  return { kind, fields: changed }
}

function isOlder(intent: Intent | OlderIntent): intent is OlderIntent {
  return (intent.kind === 'create' || intent.kind === 'edit') && !('fields' in intent)
}
