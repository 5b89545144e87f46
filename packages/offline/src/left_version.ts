import type { Change } from '@taskwire/client'

/** The version at which a change left its task. A deletion is a version too, which no task of the log shows. */
export function leftVersion({ before, after }: Change): number {
  return after?.version ?? (before?.version ?? 0) + 1
}
