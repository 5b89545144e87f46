import type { Defect } from '../defect.ts'

/** Defects that were chosen from the sources, not from the tests, and planted after the tests had been written. */
export const unseen: readonly Defect[] = []
