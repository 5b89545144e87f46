import type { RouterInputs } from '@taskwire/client'

const STORED = 'taskwire.welcome'

export type SampleOperations = NonNullable<RouterInputs['task']['batch']>['operations']

/** That an account is new in this browser, and once they are created the ids of its sample tasks. */
export interface WelcomeMark {
  readonly user_id: string
  readonly ids: readonly number[] | null
  /** What was sent to create them, until its answer arrives. */
  readonly operations?: SampleOperations
}

export function storeWelcome(mark: WelcomeMark): void {
  localStorage.setItem(STORED, JSON.stringify(mark))
}

/** Undefined for an account that is not new here. */
export function storedWelcome(user_id: string): WelcomeMark | undefined {
  const stored: unknown = JSON.parse(localStorage.getItem(STORED) ?? 'null')
  return isMark(stored) && stored.user_id === user_id ? stored : undefined
}

export function clearWelcome(): void {
  localStorage.removeItem(STORED)
}

function isMark(value: unknown): value is WelcomeMark {
  return typeof value === 'object' && value !== null && 'user_id' in value && 'ids' in value
}
